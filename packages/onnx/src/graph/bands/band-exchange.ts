import type { TypedTensor } from '../../typed-tensor.js';
import type { NamedTensors } from '../parts/run-parts.js';
import type { BandEdges, BandHolder, BandReport, HaloRows } from './band-holder.js';
import type { BandPlan, BandSegment } from './band-plan.js';
import type { GroupStatistics } from './group-statistics.js';
import { type ChannelScaling, channelScaling } from './merge-statistics.js';
import type { WholeRun } from './run-bands.js';
import type { SharedTensors, ShareLink } from './share-link.js';
import { receiveStatistics, sendStatistics } from './share-statistics.js';
import { rowCount, stackRows, takeRows } from './tensor-rows.js';
import { type TensorUse, tensorUses } from './tensor-uses.js';

/** The share at which whole segments run. */
const WHOLE_AT = 0;

/** What has been said between bands, here and in other shares, and is still of use. */
export class BandExchange {
  readonly #plan: BandPlan;
  readonly #holders: readonly BandHolder[];
  readonly #link: ShareLink;
  readonly #uses: ReadonlyMap<string, TensorUse>;
  /** Tensors that are no images, kept for later whole segments. */
  readonly #wholes = new Map<string, TypedTensor>();
  /** Per band, with the bands of neighbouring shares before the first and after the last. */
  readonly #edges = new Map<string, readonly (BandEdges | undefined)[]>();
  readonly #scalings = new Map<number, ChannelScaling>();
  /** Counts what was said: the same at every share. */
  #round = 0;

  constructor(plan: BandPlan, holders: readonly BandHolder[], link: ShareLink) {
    this.#plan = plan;
    this.#holders = holders;
    this.#link = link;
    this.#uses = tensorUses(plan);
  }

  /** @param tensors of which the images have this share's rows. */
  async handOut(tensors: NamedTensors): Promise<void> {
    for (const [name, tensor] of Object.entries(tensors)) {
      const perLatentRow = this.#plan.images[name]?.rowsPerLatentRow;
      if (perLatentRow === undefined) {
        this.#wholes.set(name, tensor);
        continue;
      }
      const top = this.#holders[0]?.band.start as number;
      const reports = this.#holders.map((holder) => {
        const { start, end } = holder.band;
        return holder.place(name, takeRows(tensor, (start - top) * perLatentRow, (end - top) * perLatentRow));
      });
      await this.#note(await Promise.all(reports), [name]);
    }
  }

  async advance(at: number): Promise<void> {
    const { inputs, norms, outputs } = this.#plan.segments[at] as BandSegment;
    const scalings = Object.fromEntries(norms.map((norm) => [norm, this.#scalings.get(norm) as ChannelScaling]));
    const reports = this.#holders.map((holder, i) => {
      const halos = Object.fromEntries(
        inputs.map(({ tensor, above, below }) => [tensor, this.#halo(tensor, i, above, below)]),
      );
      return holder.advance(at, { halos, scalings });
    });
    const done = await Promise.all(reports);
    for (const name of this.#edges.keys()) if ((this.#uses.get(name)?.until ?? 0) <= at) this.#edges.delete(name);
    await this.#note(done, outputs);
  }

  async runWhole(segment: BandSegment, run: WholeRun): Promise<void> {
    const { index, rows } = this.#link;
    const round = this.#nextRound();
    const images = segment.outputs.filter((name) => this.#plan.images[name] !== undefined);
    const own = await this.#gather(segment);
    if (index !== WHOLE_AT) {
      await this.#link.send(WHOLE_AT, `rows-${round}`, own);
      const handed = await this.#link.receive(WHOLE_AT, `whole-${round}`);
      await this.handOut(ordered(images, handed as NamedTensors));
      return;
    }
    const shares: SharedTensors[] = [own];
    for (let from = 1; from < rows.length; from += 1) shares.push(await this.#link.receive(from, `rows-${round}`));
    const outputs = await run(segment, this.#stacked(segment, shares));
    let top = rows[0] as number;
    for (let to = 1; to < rows.length; to += 1) {
      const bottom = top + (rows[to] as number);
      await this.#link.send(to, `whole-${round}`, this.#rowsOf(images, outputs, top, bottom));
      top = bottom;
    }
    const rest = segment.outputs.filter((name) => !images.includes(name));
    const wholes = Object.fromEntries(rest.map((name) => [name, outputs[name] as TypedTensor]));
    await this.handOut({ ...wholes, ...this.#rowsOf(images, outputs, 0, rows[0] as number) });
  }

  /** This share's own rows of a whole segment's inputs. */
  async #gather({ inputs }: BandSegment): Promise<NamedTensors> {
    const rows: Record<string, TypedTensor> = {};
    for (const { tensor } of inputs) {
      if (this.#plan.images[tensor] === undefined) continue;
      rows[tensor] = stackRows(await Promise.all(this.#holders.map((holder) => holder.rows(tensor))));
    }
    return rows;
  }

  #stacked({ inputs }: BandSegment, shares: readonly SharedTensors[]): NamedTensors {
    return Object.fromEntries(
      inputs.map(({ tensor }): [string, TypedTensor] => {
        const whole = this.#wholes.get(tensor);
        return [tensor, whole ?? stackRows(shares.map((share) => share[tensor] as TypedTensor))];
      }),
    );
  }

  #rowsOf(images: readonly string[], tensors: NamedTensors, top: number, bottom: number): NamedTensors {
    return Object.fromEntries(
      images.map((name) => {
        const perLatentRow = this.#plan.images[name]?.rowsPerLatentRow as number;
        return [name, takeRows(tensors[name] as TypedTensor, top * perLatentRow, bottom * perLatentRow)];
      }),
    );
  }

  #halo(tensor: string, band: number, above: number, below: number): HaloRows {
    const edges = this.#edges.get(tensor) ?? [];
    const [last, first] = [edges[band]?.last, edges[band + 2]?.first];
    return {
      ...(above > 0 && last !== undefined ? { above: trimmed(last, 'last', above) } : {}),
      ...(below > 0 && first !== undefined ? { below: trimmed(first, 'first', below) } : {}),
    };
  }

  /** Tells the other shares what they need of the tensors that the bands have now, and hears the same of theirs. */
  async #note(reports: readonly BandReport[], tensors: readonly string[]): Promise<void> {
    const round = this.#nextRound();
    const own = reports.flatMap(({ statistics }) => Object.keys(statistics));
    const norms = [...new Set(own)].map(Number).sort((a, b) => a - b);
    const [above, below] = await this.#swapEdges(reports, tensors, round);
    for (const name of tensors) {
      const edges = reports.map((report) => report.edges[name]);
      this.#edges.set(name, [edgesOf(above, name, 'last'), ...edges, edgesOf(below, name, 'first')]);
    }
    const measured = norms.map((norm) => reports.map(({ statistics }) => statistics[norm] as GroupStatistics));
    if (norms.length === 0) return;
    const { index, rows } = this.#link;
    for (let to = 0; to < rows.length; to += 1) {
      if (to !== index) await sendStatistics(this.#link, to, `norms-${round}`, norms, measured);
    }
    const shares: (readonly (readonly GroupStatistics[])[])[] = [];
    for (let from = 0; from < rows.length; from += 1) {
      shares.push(
        from === index ? measured : await receiveStatistics(this.#link, from, `norms-${round}`, norms, measured),
      );
    }
    for (const [i, norm] of norms.entries()) {
      const all = shares.flatMap((share) => share[i] ?? []);
      this.#scalings.set(norm, channelScaling(this.#plan.norms[norm] as BandPlan['norms'][number], all));
    }
  }

  async #swapEdges(
    reports: readonly BandReport[],
    tensors: readonly string[],
    round: number,
  ): Promise<readonly [above: SharedTensors, below: SharedTensors]> {
    const { index, rows } = this.#link;
    const topic = `edges-${round}`;
    const up = tensors.filter((name) => (this.#uses.get(name)?.first ?? 0) > 0);
    const down = tensors.filter((name) => (this.#uses.get(name)?.last ?? 0) > 0);
    const [hasAbove, hasBelow] = [index > 0, index < rows.length - 1];
    if (hasAbove && up.length > 0) await this.#link.send(index - 1, topic, edgesFor(up, reports[0], 'first'));
    if (hasBelow && down.length > 0) await this.#link.send(index + 1, topic, edgesFor(down, reports.at(-1), 'last'));
    return [
      hasAbove && down.length > 0 ? await this.#link.receive(index - 1, topic) : {},
      hasBelow && up.length > 0 ? await this.#link.receive(index + 1, topic) : {},
    ];
  }

  #nextRound(): number {
    this.#round += 1;
    return this.#round;
  }
}

function edgesFor(tensors: readonly string[], report: BandReport | undefined, side: keyof BandEdges): SharedTensors {
  return Object.fromEntries(tensors.map((name) => [name, report?.edges[name]?.[side] as TypedTensor]));
}

function edgesOf(heard: SharedTensors, name: string, side: keyof BandEdges): BandEdges | undefined {
  const rows = heard[name];
  return rows && { [side]: rows as TypedTensor };
}

function ordered(names: readonly string[], tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(names.map((name) => [name, tensors[name] as TypedTensor]));
}

/** An edge may have more rows than one reader wants: another one wanted them. */
function trimmed(rows: TypedTensor, side: 'first' | 'last', wanted: number): TypedTensor {
  const count = rowCount(rows);
  if (count === wanted) return rows;
  return side === 'first' ? takeRows(rows, 0, wanted) : takeRows(rows, count - wanted, count);
}
