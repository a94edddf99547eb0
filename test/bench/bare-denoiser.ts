import type { BareStage } from './bare.js';
import type { MeasuredModel } from './overhead.js';

const WARM_UP_RUNS = 2;

/** What a denoiser is fed with for a batch of evaluations; the values do not change what a run takes. */
export function denoiserFeeds({ latent, context }: Pick<MeasuredModel, 'latent' | 'context'>, batch: number) {
  return {
    sample: { type: 'float32', shape: [batch, ...latent], fill: 0.3 },
    timestep: { type: 'float32', shape: [batch], fill: 500 },
    encoder_hidden_states: { type: 'float32', shape: [batch, ...context], fill: 0.1 },
  } as const;
}

/** Evaluations a second of a bare denoiser, measured for about so many milliseconds. */
export async function bareASecond(
  bare: BareStage,
  model: MeasuredModel,
  batch: number,
  forMs: number,
): Promise<number> {
  const feeds = denoiserFeeds(model, batch);
  const warmMs = await bare.run({ runs: WARM_UP_RUNS, feeds });
  const runs = Math.max(2, Math.round((WARM_UP_RUNS * forMs) / warmMs));
  return (1000 * runs * batch) / (await bare.run({ runs, feeds }));
}
