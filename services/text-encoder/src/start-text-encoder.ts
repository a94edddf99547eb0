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
import type { WorkerSettings } from '@tessera/runtime';
import { EncoderNetwork } from './encoder-network.js';
import { openModels } from './open-models.js';
import { type EncoderModel, TextEncoder } from './text-encoder.js';

const WARM_UP_BUDGET_MS = 500;

/**
 * Takes the device, loads every text encoder, and warms them up.
 *
 * @throws TesseraError unavailable when the device is missing; failed_precondition, not_found for a model.
 */
export async function startTextEncoder(settings: WorkerSettings, signal: AbortSignal): Promise<TextEncoder> {
  const device = parseDevice(settings.device);
  const [executor, opened] = await Promise.all([
    startExecutor({ device, threads: settings.threads }),
    openModels(settings, signal),
  ]);
  const models = await Promise.all(opened.map((model) => loadModel(executor, model)));
  const costs = await Promise.all(models.map(measureCosts));
  return new TextEncoder({
    executor,
    numericClass: await numericClass(executor),
    models,
    evaluationCosts: dearestCosts(costs),
  });
}

async function loadModel(executor: Executor, { folder, card }: OpenedModel): Promise<EncoderModel> {
  const networks = await Promise.all(
    card.conditioning.textEncoders.map((encoder, index) =>
      EncoderNetwork.load(executor, folder, card.files.textEncoders[index] ?? '', encoder),
    ),
  );
  return { card, networks };
}

/** A prompt is one evaluation, however many encoders a model has. */
function measureCosts({ networks }: EncoderModel): Promise<readonly EvaluationCost[]> {
  const run = async () => {
    const encoded = await Promise.all(networks.map((network) => network.encode(network.tokenize('').ids, {})));
    return encoded.reduce((sum, { runMs }) => sum + runMs, 0);
  };
  return measureEvaluationCosts({ run, batchSizes: [1], budgetMs: WARM_UP_BUDGET_MS });
}
