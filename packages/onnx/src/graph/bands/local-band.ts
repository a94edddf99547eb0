import type { TypedTensor } from '../../typed-tensor.js';
import type { NamedTensors } from '../parts/run-parts.js';
import type { Band } from './band.js';
import type { BandEdges, BandHolder, BandReport, GivenToBand } from './band-holder.js';
import type { BandPlan, BandSegment, RowPad } from './band-plan.js';
import { type GroupStatistics, measureGroups } from './group-statistics.js';
import type { ChannelScaling } from './merge-statistics.js';
import { MemoryRows, type RowStore } from './row-store.js';
import { rowCount, stackRows, takeRows } from './tensor-rows.js';
import { type TensorUse, tensorUses } from './tensor-uses.js';

/**
 * Runs the graph of one segment. The feeds are given away: nothing else reads
 * them. @returns the segment's outputs by name.
 */
export type SegmentRun = (segment: BandSegment, feeds: NamedTensors) => Promise<NamedTensors>;

/** A band kept in this process. */
export class LocalBand implements BandHolder {
  readonly band: Band;
  readonly #plan: BandPlan;
  readonly #latentRows: number;
  readonly #run: SegmentRun;
  readonly #uses: ReadonlyMap<string, TensorUse>;
  readonly #tensors: RowStore;

  /** @param latentRows of the whole image. */
  constructor(plan: BandPlan, band: Band, latentRows: number, run: SegmentRun, store: RowStore = new MemoryRows()) {
    this.band = band;
    this.#plan = plan;
    this.#latentRows = latentRows;
    this.#run = run;
    this.#uses = tensorUses(plan);
    this.#tensors = store;
  }

  async place(tensor: string, rows: TypedTensor): Promise<BandReport> {
    return this.#keep({ [tensor]: rows });
  }

  async advance(at: number, given: GivenToBand): Promise<BandReport> {
    const segment = this.#plan.segments[at] as BandSegment;
    const outputs = await this.#run(segment, this.#feeds(segment, at, given));
    for (const name of this.#tensors.names()) if (this.#use(name).until <= at) this.#tensors.delete(name);
    return this.#keep(outputs);
  }

  async rows(tensor: string): Promise<TypedTensor> {
    const rows = this.#tensors.get(tensor);
    if (rows === undefined)
      throw new RangeError(`the band of latent rows ${this.band.start}–${this.band.end} has no ${tensor}`);
    return rows;
  }

  #feeds(segment: BandSegment, at: number, { halos, scalings }: GivenToBand): NamedTensors {
    const feeds: Record<string, TypedTensor> = {};
    for (const { tensor } of segment.inputs) {
      const own = this.#tensors.get(tensor) as TypedTensor;
      const { above, below } = halos[tensor] ?? {};
      const parts = [above, own, below].filter((part) => part !== undefined);
      const isGivenAway = parts.length === 1 && this.#use(tensor).until <= at;
      feeds[tensor] = isGivenAway ? own : stackRows(parts);
    }
    for (const norm of segment.norms) {
      const { scaleInput, shiftInput } = this.#plan.norms[norm] as BandPlan['norms'][number];
      const { scale, shift } = scalings[norm] as ChannelScaling;
      feeds[scaleInput] = { dtype: 'float32', shape: [1, scale.length, 1, 1], data: scale.slice() };
      feeds[shiftInput] = { dtype: 'float32', shape: [1, shift.length, 1, 1], data: shift.slice() };
    }
    for (const pad of segment.rowPads) feeds[pad.input] = this.#rowPad(pad);
    return feeds;
  }

  /** ONNX Pad's amounts: before each of the four axes, then after. */
  #rowPad(pad: RowPad): TypedTensor {
    const above = this.band.start === 0 ? pad.aboveAtBorder : pad.above;
    const below = this.band.end === this.#latentRows ? pad.belowAtBorder : pad.below;
    return { dtype: 'int64', shape: [8], data: BigInt64Array.from([0, 0, above, 0, 0, 0, below, 0], BigInt) };
  }

  #keep(tensors: NamedTensors): BandReport {
    const edges: Record<string, BandEdges> = {};
    const statistics: Record<number, GroupStatistics> = {};
    for (const [name, tensor] of Object.entries(tensors)) {
      const { first, last, norms } = this.#use(name);
      const rows = rowCount(tensor);
      const perLatentRow = this.#plan.images[name]?.rowsPerLatentRow as number;
      if (rows !== perLatentRow * (this.band.end - this.band.start)) {
        throw new RangeError(
          `${name} has ${rows} rows, not ${perLatentRow} for each of ${this.band.end - this.band.start}`,
        );
      }
      this.#tensors.put(name, tensor);
      edges[name] = {
        ...(first > 0 ? { first: takeRows(tensor, 0, first) } : {}),
        ...(last > 0 ? { last: takeRows(tensor, rows - last, rows) } : {}),
      };
      for (const norm of norms)
        statistics[norm] = measureGroups(tensor, this.#plan.norms[norm]?.groups as number, perLatentRow);
    }
    return { edges, statistics };
  }

  #use(tensor: string): TensorUse {
    return this.#uses.get(tensor) as TensorUse;
  }
}
