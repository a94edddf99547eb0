import { DENOISER_SETTINGS, runMain, serveWorker, type Telemetry, workerSettings } from '@tessera/runtime';
import { createDenoiserHandlers } from './service.js';
import { startDenoiser } from './start-denoiser.js';

await runMain('denoiser', async (context) => {
  const settings = workerSettings('denoiser', context, DENOISER_SETTINGS);
  const start = (signal: AbortSignal, telemetry: Telemetry) =>
    startDenoiser(settings, { ...context, telemetry }, signal);
  await serveWorker({ settings, start, handlers: createDenoiserHandlers }, context);
});
