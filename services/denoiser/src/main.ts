import { runMain, serveWorker, workerSettings } from '@tessera/runtime';
import { createDenoiserHandlers } from './service.js';
import { startDenoiser } from './start-denoiser.js';

await runMain('denoiser', async (context) => {
  const settings = workerSettings('denoiser', context.log);
  const start = (signal: AbortSignal) => startDenoiser(settings, context.log, signal);
  await serveWorker({ settings, start, handlers: createDenoiserHandlers }, context);
});
