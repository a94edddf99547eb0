import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addModel } from '@tessera/models';
import { assembleTinyModel } from '../support/tiny-models.js';
import type { MeasuredModel } from './overhead.js';

/**
 * A model with few weights and long steps: at 64 × 64 cells the attention of
 * the tiny Stable Diffusion takes far more than 50 ms an evaluation pair.
 */
export async function slowStepModel(): Promise<AsyncDisposable & { readonly model: MeasuredModel }> {
  const home = await mkdtemp(join(tmpdir(), 'tessera-bench-'));
  const { folder, card } = await addModel(assembleTinyModel('sd-tiny-legacy', home), { home, name: 'slow-steps' });
  const { width, height } = card.defaults;
  const { spatialCompression, channels } = card.latentFormat;
  const context = card.denoiser.inputs.find(({ name }) => name === 'encoder_hidden_states');
  const contextWidth = context?.shape.at(-1) ?? 0;
  const tokens = card.conditioning.textEncoders[0]?.contextLength ?? 0;
  return {
    model: {
      name: `sd-tiny at ${width} px`,
      folder,
      latent: [channels, height / spatialCompression, width / spatialCompression],
      context: [tokens, contextWidth],
      tokenIdsType: 'int32',
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}
