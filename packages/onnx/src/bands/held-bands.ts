import { collectGarbage } from '../collect-garbage.js';
import type { BandCommand, ExecutorReport } from '../executor-messages.js';
import type { BandEdges, BandReport } from '../graph/bands/band-holder.js';
import { LocalBand } from '../graph/bands/local-band.js';
import { MemoryRows } from '../graph/bands/row-store.js';
import type { NamedTensors } from '../graph/parts/run-parts.js';
import type { TypedTensor } from '../typed-tensor.js';
import { DiskRows } from './disk-rows.js';

export interface BandAnswer {
  readonly answer: ExecutorReport;
  /** To be given away with it. */
  readonly memory: ArrayBuffer[];
}

interface HeldImage {
  readonly bands: readonly LocalBand[];
  readonly onDisk: boolean;
}

/** Of tensors that were read and made, after which what is garbage among them is given back. */
const GARBAGE_BYTES = 64 * 2 ** 20;

/** The bands in the executor's thread: their rows stay there from segment to segment. */
export class HeldBands {
  readonly #run: (network: number, feeds: NamedTensors) => Promise<NamedTensors>;
  readonly #images = new Map<number, HeldImage>();
  readonly #begun: () => void;
  /** Since the last collection. */
  #usedBytes = 0;

  /** @param begun is told of every band that is placed or runs a segment. */
  constructor(run: (network: number, feeds: NamedTensors) => Promise<NamedTensors>, begun: () => void) {
    this.#run = run;
    this.#begun = begun;
  }

  async run(command: BandCommand): Promise<BandAnswer> {
    const { id, holding } = command;
    switch (command.type) {
      case 'hold-bands':
        this.#hold(command);
        return { answer: { type: 'held', id }, memory: [] };
      case 'drop-bands':
        this.#images.delete(holding);
        return { answer: { type: 'held', id }, memory: [] };
      case 'band':
        return this.#act(command);
    }
  }

  #hold({ holding, plan, networks, bands, latentRows, folder }: Extract<BandCommand, { type: 'hold-bands' }>): void {
    const networkOf = new Map(plan.segments.map(({ name }, i) => [name, networks[i]]));
    const held = bands.map((band, i) => {
      const store = folder === undefined ? new MemoryRows() : new DiskRows(folder, i);
      const run = async ({ name }: { readonly name: string }, feeds: NamedTensors) => {
        const outputs = await this.#run(networkOf.get(name) as number, feeds);
        this.#usedBytes += bytesOf(feeds) + bytesOf(outputs);
        return outputs;
      };
      return new LocalBand(plan, band, latentRows, run, store);
    });
    this.#images.set(holding, { bands: held, onDisk: folder !== undefined });
  }

  async #act(command: Extract<BandCommand, { type: 'band' }>): Promise<BandAnswer> {
    const { id, holding } = command;
    const image = this.#images.get(holding);
    const band = image?.bands[command.band];
    if (image === undefined || band === undefined)
      throw new Error(`there is no band ${command.band} of image ${holding}`);
    switch (command.act) {
      case 'place':
        return this.#reported(id, () => band.place(command.tensor, command.rows));
      case 'advance':
        // Where memory is short, what the band before took is given back before the next takes its own.
        if (image.onDisk || this.#usedBytes > GARBAGE_BYTES) {
          await collectGarbage();
          this.#usedBytes = 0;
        }
        return this.#reported(id, () => band.advance(command.segment, command.given));
      case 'rows': {
        const rows = copyOf(await band.rows(command.tensor));
        return { answer: { type: 'rows', id, rows }, memory: [rows.data.buffer as ArrayBuffer] };
      }
    }
  }

  async #reported(id: number, act: () => Promise<BandReport>): Promise<BandAnswer> {
    this.#begun();
    const startedAtMs = nowMs();
    const report = await act();
    const times = { startedAtMs, endedAtMs: nowMs() };
    const edges = Object.values(report.edges).flatMap(({ first, last }: BandEdges) => [first, last]);
    const statistics = Object.values(report.statistics).flatMap(({ means, m2s }) => [means.buffer, m2s.buffer]);
    const memory = [...edges.flatMap((rows) => (rows === undefined ? [] : [rows.data.buffer])), ...statistics];
    return { answer: { type: 'banded', id, report, ...times }, memory: [...new Set(memory as ArrayBuffer[])] };
  }
}

function bytesOf(tensors: NamedTensors): number {
  return Object.values(tensors).reduce((bytes, { data }) => bytes + data.byteLength, 0);
}

/** The band keeps its own. */
function copyOf(rows: TypedTensor): TypedTensor {
  return { ...rows, data: rows.data.slice() } as TypedTensor;
}

/** On the process's monotonic clock, as a run's times are. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
