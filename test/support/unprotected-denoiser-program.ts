/** A denoiser process that does without protections: a denoiser's flags, and `--protections JSON`. */
import { createDenoiserHandlers, startDenoiser } from '@tessera/denoiser';
import { runMain, serveWorker, type Telemetry, workerSettings } from '@tessera/runtime';
import { takeFlag } from './take-flag.js';

const protections = JSON.parse(takeFlag('--protections'));
await runMain('denoiser', async (context) => {
  const settings = workerSettings('denoiser', context.log);
  const start = (signal: AbortSignal, telemetry: Telemetry) =>
    startDenoiser(settings, { ...context, telemetry }, signal, protections);
  await serveWorker({ settings, start, handlers: createDenoiserHandlers }, context);
});
