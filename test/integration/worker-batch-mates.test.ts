import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Tensor } from '@tessera/core';
import { DenoiserNetwork, PROTECTIONS } from '@tessera/denoiser';
import { openModel } from '@tessera/models';
import { startExecutor, writeGraph } from '@tessera/onnx';
import type { PredictRequest } from '@tessera/proto';
import { modelCard } from '../support/model-card.js';
import { repoRoot } from '../support/paths.js';
import {
  nextResponse,
  openPredict,
  type PredictStream,
  predictCall,
  predictionsOf,
  uploadConditioning,
  wave,
} from '../support/predict-client.js';
import { isOn } from '../support/protections.js';
import { serveDenoiser } from '../support/serve-denoiser.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const LATENT = [4, 16, 16];

interface Answer {
  readonly predictions: readonly Tensor[];
  readonly batchSize: number;
}

/** Sends the calls at once and collects the answers by call. */
async function answersTo(stream: PredictStream, calls: readonly PredictRequest[]): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (const call of calls) await stream.write(call);
  while (answers.size < calls.length) {
    const response = await nextResponse(stream);
    assert.ok(response.predictions, response.error?.message);
    const batchSize = response.predictions.batchSize;
    answers.set(response.callId, { predictions: predictionsOf(response), batchSize });
  }
  return answers;
}

/** The same calls one after the other, so that each has the worker for itself. */
async function answersAlone(stream: PredictStream, calls: readonly PredictRequest[]): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (const call of calls) for (const [id, answer] of await answersTo(stream, [call])) answers.set(id, answer);
  return answers;
}

/** Guided and unguided calls of different prompts, timesteps and latents. */
function variedCalls(count: number, model: string): readonly PredictRequest[] {
  return Array.from({ length: count }, (_, i) => {
    const conditionings = i % 3 === 0 ? [`c${i % 4}`] : ['c0', `c${1 + (i % 3)}`];
    return predictCall(i + 1, wave(LATENT, 7 * i), conditionings, { model, timestep: 999 - 61 * i });
  });
}

async function uploadContexts(stream: PredictStream, shape: readonly number[]): Promise<void> {
  for (let i = 0; i < 4; i += 1) await uploadConditioning(stream, `c${i}`, { encoder_hidden_states: wave(shape, i) });
}

test('a call has the very bits that it has alone, whatever runs beside it', async () => {
  const { folder, card } = await openModel(join(repoRoot, 'models/emoji'), { verify: 'denoiser' });
  const executor = await startExecutor({ device: 'cpu', threads: 1 });
  // As if company gained: whether it does on this machine, at this moment, is not the question.
  const measured = async () => ({ costs: [], gainfulRows: 8, rowsAreIndependent: true });
  const network = await DenoiserNetwork.load(executor, folder, card, PROTECTIONS, measured);
  {
    await using served = await serveDenoiser(executor, [network], PROTECTIONS);
    const stream = openPredict(served);
    await uploadContexts(stream, [32, 384]);
    const calls = variedCalls(14, card.name);
    const alone = await answersAlone(stream, calls);
    const together = await answersTo(stream, calls);
    stream.cancel();
    assert.ok([...alone.values()].every(({ predictions, batchSize }) => batchSize === predictions.length));
    const largest = Math.max(...[...together.values()].map(({ batchSize }) => batchSize));
    assert.ok(largest > 2, `the calls ran in batches of at most ${largest}`);
    for (const [id, { predictions }] of together) {
      assert.deepEqual(predictions, alone.get(id)?.predictions, `call ${id}`);
    }
  }
  await executor.close();
});

/** Every row less the mean over the batch: the worst of company. */
function meanOverBatchGraph(): Uint8Array {
  return writeGraph({
    inputs: [
      { name: 'sample', type: 'float32', shape: ['batch', 4, 16, 16] },
      { name: 'timestep', type: 'int64', shape: ['batch'] },
      { name: 'encoder_hidden_states', type: 'float32', shape: ['batch', 77, 8] },
    ],
    outputs: [{ name: 'out_sample', type: 'float32', shape: ['batch', 4, 16, 16] }],
    operators: [
      { type: 'ReduceMean', inputs: ['sample'], outputs: ['mean'], attributes: { axes: [0], keepdims: 1 } },
      { type: 'Sub', inputs: ['sample', 'mean'], outputs: ['out_sample'] },
    ],
    constants: {},
  });
}

test('where company would change a result, each row runs alone and keeps its bits', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'unet'));
  writeFileSync(join(folder.path, 'unet/model.onnx'), meanOverBatchGraph());
  const card = modelCard();
  const protections = { ...PROTECTIONS, dependentRowsRunAlone: isOn('dependent-rows-run-alone') };
  const executor = await startExecutor({ device: 'cpu', threads: 1 });
  const network = await DenoiserNetwork.load(executor, folder.path, card, protections);
  {
    await using served = await serveDenoiser(executor, [network], protections);
    const stream = openPredict(served);
    await uploadContexts(stream, [77, 8]);
    const calls = variedCalls(14, card.name);
    const alone = await answersAlone(stream, calls);
    const together = await answersTo(stream, calls);
    stream.cancel();
    for (const [id, { predictions, batchSize }] of together) {
      assert.deepEqual(predictions, alone.get(id)?.predictions, `call ${id}`);
      assert.equal(batchSize, 1);
      // A row less its own mean, and nobody else's.
      for (const { data } of predictions) assert.ok(data.every((value) => value === 0));
    }
  }
  await executor.close();
});
