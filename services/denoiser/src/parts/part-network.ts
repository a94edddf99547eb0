import { type ModelCard, TesseraError } from '@tessera/core';
import { type Executor, type LoadedNetwork, type PendingRun, RunForecast, type RunSize } from '@tessera/onnx';
import type { PartCall } from './part-calls.js';
import type { Tensors } from './tensor-train.js';

export interface PartNetworkSetup {
  readonly executor: Executor;
  readonly network: LoadedNetwork;
  readonly card: ModelCard;
  /** See CutDenoiser. */
  readonly cut: string;
  readonly part: number;
}

/** The graph of one part of a model's denoiser. */
export class PartNetwork {
  readonly card: ModelCard;
  readonly #setup: PartNetworkSetup;
  /** From the runs that were: nothing is measured of a part beforehand. */
  readonly #forecast = new RunForecast({ costs: [], nativeCells: 1 });

  constructor(setup: PartNetworkSetup) {
    this.card = setup.card;
    this.#setup = setup;
  }

  /** Milliseconds; `undefined` of a size that has not run yet. */
  forecastMs(feeds: Tensors): number | undefined {
    return this.#forecast.of(sizeOf(feeds))?.expectedMs;
  }

  /** @throws TesseraError failed_precondition when another part is meant; invalid_argument for feeds that do not fit. */
  begin({ cut, part, evaluations = 0, mayFail = false, feeds }: PartCall): PendingRun {
    const { executor, network, card, cut: ownCut, part: ownPart } = this.#setup;
    if (cut !== ownCut || part !== ownPart) {
      const text = `this worker has part ${ownPart} of ${card.name} as cut ${ownCut}, not part ${part} as ${cut}`;
      throw new TesseraError('failed_precondition', text);
    }
    const size = sizeOf(feeds);
    const { result, drop } = executor.begin(network, feeds, { evaluations, mayFail });
    result.then(
      ({ runMs }) => this.#forecast.ran(size, runMs),
      () => {},
    );
    return { result, drop };
  }
}

/** Runs of equal feeds take about as long. */
function sizeOf(feeds: Tensors): RunSize {
  const lengths = Object.values(feeds).map(({ data }) => data.length);
  return { rows: 1, cells: lengths.reduce((sum, length) => sum + length, 0) };
}
