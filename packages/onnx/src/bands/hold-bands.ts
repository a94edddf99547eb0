import { type Band, TesseraError } from '@tessera/core';
import type { BandAct, BandCommand, ExecutorReport, LoadedNetwork } from '../executor-messages.js';
import type { BandHolder, BandReport, GivenToBand } from '../graph/bands/band-holder.js';
import type { BandPlan } from '../graph/bands/band-plan.js';
import type { TypedTensor } from '../typed-tensor.js';
import { FewAtOnce } from './few-at-once.js';

export interface HoldBandsSetup {
  readonly plan: BandPlan;
  /** Of each segment by its place in the plan; those that run whole need none. */
  readonly networks: readonly (LoadedNetwork | undefined)[];
  /** From top to bottom. */
  readonly bands: readonly Band[];
  /** Of the whole image. */
  readonly latentRows: number;
  /** Rows are kept in files of this folder, which exists, instead of in memory. */
  readonly folder?: string | undefined;
  /** Aborted: nothing more of them begins, and what waits throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Bands of one image in an executor's thread. */
export interface HeldBandsOfImage {
  /** As the setup's bands. */
  readonly holders: readonly BandHolder[];
  /** Time that the executor has spent on them so far. */
  runMs(): number;
  /** Gives their memory back. */
  close(): Promise<void>;
}

export type AskExecutor = (command: (id: number) => BandCommand, memory: ArrayBuffer[]) => Promise<ExecutorReport>;

/** Runs at the executor at a time, so that other calls come in between: one that runs, one that follows. */
const AT_ONCE = 2;
let holdings = 0;

export async function holdBands(
  { plan, networks, bands, latentRows, folder, signal }: HoldBandsSetup,
  ask: AskExecutor,
): Promise<HeldBandsOfImage> {
  holdings += 1;
  const holding = holdings;
  const ids = networks.map((network) => network?.id);
  await answered(
    ask((id) => ({ type: 'hold-bands', id, holding, plan, networks: ids, bands, latentRows, folder }), []),
  );
  const turns = new FewAtOnce(AT_ONCE);
  let runMs = 0;
  return {
    holders: bands.map((band, at) => {
      const act = async (what: BandAct, memory: ArrayBuffer[] = []) => {
        const command = (id: number) => ({ type: 'band', id, holding, band: at, ...what }) as const;
        const report = await turns.run(() => {
          signal?.throwIfAborted();
          return answered(ask(command, memory));
        });
        if (report.type === 'banded') runMs += report.endedAtMs - report.startedAtMs;
        return report;
      };
      return new ThreadBand(band, act);
    }),
    runMs: () => runMs,
    close: async () => {
      await answered(ask((id) => ({ type: 'drop-bands', id, holding }), []));
    },
  };
}

class ThreadBand implements BandHolder {
  readonly band: Band;
  readonly #act: (what: BandAct, memory?: ArrayBuffer[]) => Promise<ExecutorReport>;

  constructor(band: Band, act: (what: BandAct, memory?: ArrayBuffer[]) => Promise<ExecutorReport>) {
    this.band = band;
    this.#act = act;
  }

  async place(tensor: string, rows: TypedTensor): Promise<BandReport> {
    return reportOf(await this.#act({ act: 'place', tensor, rows }, [rows.data.buffer as ArrayBuffer]));
  }

  async advance(segment: number, given: GivenToBand): Promise<BandReport> {
    return reportOf(await this.#act({ act: 'advance', segment, given }));
  }

  async rows(tensor: string): Promise<TypedTensor> {
    const report = await this.#act({ act: 'rows', tensor });
    if (report.type !== 'rows') throw unexpected(report);
    return report.rows;
  }
}

async function answered(asked: Promise<ExecutorReport>): Promise<ExecutorReport> {
  const report = await asked;
  if (report.type === 'failed') throw new TesseraError('resource_exhausted', `the bands failed: ${report.reason}`);
  return report;
}

function reportOf(report: ExecutorReport): BandReport {
  if (report.type !== 'banded') throw unexpected(report);
  return report.report;
}

function unexpected({ type }: ExecutorReport): TesseraError {
  return new TesseraError('internal', `the executor answered a band with ${type}`);
}
