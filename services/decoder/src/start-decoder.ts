import { join } from 'node:path';
import { elementCount } from '@tessera/core';
import type { OpenedModel } from '@tessera/models';
import {
  dearestCosts,
  type EvaluationCost,
  type Executor,
  measureEvaluationCosts,
  numericClass,
  parseDevice,
  startExecutor,
} from '@tessera/onnx';
import type { Logger, WorkerSettings } from '@tessera/runtime';
import { Decoder } from './decoder.js';
import { DecoderNetwork } from './decoder-network.js';
import { ImageEncoderNetwork } from './image-encoder-network.js';
import { openModels } from './open-models.js';

const WARM_UP_BUDGET_MS = 500;

/**
 * Takes the device, loads every decoder, and warms them up.
 *
 * @throws TesseraError unavailable when the device is missing; failed_precondition, not_found for a model.
 */
export async function startDecoder(settings: WorkerSettings, signal: AbortSignal, log: Logger): Promise<Decoder> {
  const device = parseDevice(settings.device);
  const [executor, opened] = await Promise.all([
    startExecutor({ device, threads: settings.threads }),
    openModels(settings, signal),
  ]);
  const networks = await Promise.all(opened.map((model) => loadNetwork(executor, model, join(settings.home, 'cache'))));
  for (const { card, uncuttable } of networks) {
    if (uncuttable !== undefined) log.warn('decodes images whole only', { model: card.name, cause: uncuttable });
  }
  const costs = await Promise.all(networks.map(measureCosts));
  return new Decoder({
    executor,
    numericClass: await numericClass(executor),
    networks,
    imageEncoders: opened
      .filter(({ card }) => card.imageEncoder !== undefined)
      .map(({ folder, card }) => new ImageEncoderNetwork(executor, folder, card)),
    evaluationCosts: dearestCosts(costs),
  });
}

function loadNetwork(executor: Executor, { folder, card }: OpenedModel, cache: string): Promise<DecoderNetwork> {
  return DecoderNetwork.load(executor, folder, card, cache);
}

/** At the model's native size. */
function measureCosts(network: DecoderNetwork): Promise<readonly EvaluationCost[]> {
  const { latentFormat, nativeCanvas } = network.card;
  const shape = [latentFormat.channels, nativeCanvas.height, nativeCanvas.width];
  const run = async () => {
    const { runMs } = await network.decode({ shape, data: new Float32Array(elementCount(shape)).fill(0.5) }, {});
    return runMs;
  };
  return measureEvaluationCosts({ run, batchSizes: [1], budgetMs: WARM_UP_BUDGET_MS });
}
