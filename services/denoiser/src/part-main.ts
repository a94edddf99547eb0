import { DENOISER_PART_SETTINGS, runMain, serveWorker, workerSettings } from '@tessera/runtime';
import { createDenoiserPartHandlers } from './parts/part-service.js';
import { startDenoiserPart } from './parts/start-denoiser-part.js';

await runMain('denoiser-part', async (context) => {
  const settings = workerSettings('denoiser-part', context, DENOISER_PART_SETTINGS);
  const start = (signal: AbortSignal) => startDenoiserPart(settings, context.log, signal);
  await serveWorker({ settings, start, handlers: createDenoiserPartHandlers }, context);
});
