import { invalidField } from '@tessera/core';
import type { TypedTensor } from '../../typed-tensor.js';
import type { NamedTensors } from '../parts/run-parts.js';
import { type Band, checkBands } from './band.js';
import type { BandEdges, BandHolder, BandReport, HaloRows } from './band-holder.js';
import type { BandPlan, BandSegment } from './band-plan.js';
import type { GroupStatistics } from './group-statistics.js';
import { type ChannelScaling, channelScaling } from './merge-statistics.js';
import { rowCount, stackRows, takeRows } from './tensor-rows.js';
import { type TensorUse, tensorUses } from './tensor-uses.js';

export interface BandRows {
  readonly band: Band;
  readonly rows: TypedTensor;
}

/**
 * Runs a planned network over bands, wherever they are held: segment after
 * segment, all bands of a segment at once. Neighbours' rows and statistics go
 * through here; a tensor goes as a whole only around a `whole` segment.
 * The bits of the result do not depend on the bands, nor on who holds them.
 * @param holders in order from top to bottom, covering the image.
 * @param runWhole runs a whole segment, anywhere; the feeds are given away.
 * @yields the result's rows, from top to bottom.
 * @throws TesseraError invalid_argument when input and bands do not fit the plan.
 */
export async function* runBands(
  plan: BandPlan,
  holders: readonly BandHolder[],
  runWhole: (segment: BandSegment, feeds: NamedTensors) => Promise<NamedTensors>,
  input: TypedTensor,
  signal?: AbortSignal,
): AsyncGenerator<BandRows> {
  checkBands(
    plan,
    holders.map(({ band }) => band),
    latentRowsOf(plan, input),
  );
  const exchange = new BandExchange(plan, holders);
  await exchange.handOut(plan.input, input);
  for (const [at, segment] of plan.segments.entries()) {
    signal?.throwIfAborted();
    if (segment.kind === 'banded') {
      await exchange.advance(at);
      continue;
    }
    const outputs = await runWhole(segment, await exchange.gatherInputs(segment));
    for (const name of segment.outputs) await exchange.handOut(name, outputs[name] as TypedTensor);
  }
  signal?.throwIfAborted();
  for (const holder of holders) yield { band: holder.band, rows: await holder.rows(plan.output) };
}

/** @throws TesseraError invalid_argument when the input's rows are not whole rows of a latent. */
export function latentRowsOf(plan: BandPlan, input: TypedTensor): number {
  const perLatentRow = plan.images[plan.input]?.rowsPerLatentRow as number;
  const latentRows = rowCount(input) / perLatentRow;
  if (!Number.isInteger(latentRows))
    throw invalidField(plan.input, `must have a multiple of ${perLatentRow} rows`, rowCount(input));
  return latentRows;
}

/** What has been said between bands and is still of use. */
class BandExchange {
  readonly #plan: BandPlan;
  readonly #holders: readonly BandHolder[];
  readonly #uses: ReadonlyMap<string, TensorUse>;
  /** Tensors that are no images, kept for later whole segments. */
  readonly #wholes = new Map<string, TypedTensor>();
  /** Per band. */
  readonly #edges = new Map<string, readonly BandEdges[]>();
  readonly #scalings = new Map<number, ChannelScaling>();

  constructor(plan: BandPlan, holders: readonly BandHolder[]) {
    this.#plan = plan;
    this.#holders = holders;
    this.#uses = tensorUses(plan);
  }

  async handOut(name: string, tensor: TypedTensor): Promise<void> {
    const perLatentRow = this.#plan.images[name]?.rowsPerLatentRow;
    if (perLatentRow === undefined) {
      this.#wholes.set(name, tensor);
      return;
    }
    const reports = this.#holders.map((holder) => {
      const { start, end } = holder.band;
      return holder.place(name, takeRows(tensor, start * perLatentRow, end * perLatentRow));
    });
    this.#note(await Promise.all(reports));
  }

  async advance(at: number): Promise<void> {
    const { inputs, norms } = this.#plan.segments[at] as BandSegment;
    const scalings = Object.fromEntries(norms.map((norm) => [norm, this.#scalings.get(norm) as ChannelScaling]));
    const reports = this.#holders.map((holder, i) => {
      const halos = Object.fromEntries(
        inputs.map(({ tensor, above, below }) => [tensor, this.#halo(tensor, i, above, below)]),
      );
      return holder.advance(at, { halos, scalings });
    });
    const done = await Promise.all(reports);
    for (const name of this.#edges.keys()) if ((this.#uses.get(name)?.until ?? 0) <= at) this.#edges.delete(name);
    this.#note(done);
  }

  async gatherInputs({ inputs }: BandSegment): Promise<NamedTensors> {
    const feeds: Record<string, TypedTensor> = {};
    for (const { tensor } of inputs) {
      feeds[tensor] =
        this.#wholes.get(tensor) ?? stackRows(await Promise.all(this.#holders.map((holder) => holder.rows(tensor))));
    }
    return feeds;
  }

  #halo(tensor: string, band: number, above: number, below: number): HaloRows {
    const edges = this.#edges.get(tensor) ?? [];
    const [last, first] = [edges[band - 1]?.last, edges[band + 1]?.first];
    return {
      ...(above > 0 && last !== undefined ? { above: trimmed(last, 'last', above) } : {}),
      ...(below > 0 && first !== undefined ? { below: trimmed(first, 'first', below) } : {}),
    };
  }

  #note(reports: readonly BandReport[]): void {
    for (const name of Object.keys(reports[0]?.edges ?? {})) {
      this.#edges.set(
        name,
        reports.map(({ edges }) => edges[name] as BandEdges),
      );
    }
    for (const norm of Object.keys(reports[0]?.statistics ?? {}).map(Number)) {
      const measured = reports.map(({ statistics }) => statistics[norm] as GroupStatistics);
      this.#scalings.set(norm, channelScaling(this.#plan.norms[norm] as BandPlan['norms'][number], measured));
    }
  }
}

/** An edge may have more rows than one reader wants: another one wanted them. */
function trimmed(rows: TypedTensor, side: 'first' | 'last', wanted: number): TypedTensor {
  const count = rowCount(rows);
  if (count === wanted) return rows;
  return side === 'first' ? takeRows(rows, 0, wanted) : takeRows(rows, count - wanted, count);
}
