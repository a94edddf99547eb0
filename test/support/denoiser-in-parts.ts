import { join } from 'node:path';
import type { Tensor } from '@tessera/core';
import { repoRoot } from './paths.js';
import { nextResponse, openPredict, predictCall, predictionsOf, uploadConditioning } from './predict-client.js';
import { startWorker, type WorkerProcess, type WorkerStart } from './worker-process.js';

export const PART_SCRIPT = join(repoRoot, 'services/denoiser/dist/part-main.js');

/** A denoiser in parts: the process that has the first one, and those of the others. */
export interface DenoiserInParts extends AsyncDisposable {
  readonly first: WorkerProcess;
  readonly further: readonly WorkerProcess[];
}

/** Resolves when it is ready. @param count of parts. */
export async function denoiserInParts(count: number, start: WorkerStart = {}): Promise<DenoiserInParts> {
  const { args = [] } = start;
  const further = await Promise.all(
    Array.from({ length: count - 1 }, (_, i) =>
      startWorker('denoiser-part', {
        ...start,
        script: PART_SCRIPT,
        args: [...args, '--denoiser-part', `${i + 2}/${count}`],
      }),
    ),
  );
  const addresses = further.flatMap(({ address }) => ['--denoiser-parts', address]);
  const first = await startWorker('denoiser', { ...start, args: [...args, ...addresses] });
  await first.ready();
  return {
    first,
    further,
    async [Symbol.asyncDispose]() {
      await first[Symbol.asyncDispose]();
      await Promise.all(further.map((worker) => worker[Symbol.asyncDispose]()));
    },
  };
}

/** One evaluation by a denoiser of the built-in model's shapes. */
export async function predictOnce(
  worker: WorkerProcess,
  model: string,
  latent: Tensor,
  context: Tensor,
): Promise<Float32Array> {
  const stream = openPredict(worker);
  try {
    await uploadConditioning(stream, 'c', { encoder_hidden_states: context });
    await stream.write(predictCall(1, latent, ['c'], { model }));
    const response = await nextResponse(stream);
    const [prediction] = predictionsOf(response);
    if (prediction === undefined) throw new Error(`no prediction: ${response.error?.message}`);
    return prediction.data;
  } finally {
    stream.cancel();
  }
}
