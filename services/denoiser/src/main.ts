import {
  assertOnLoopback,
  DENOISER_SETTINGS,
  runMain,
  serveWorker,
  type Telemetry,
  workerSettings,
} from '@tessera/runtime';
import { createDenoiserHandlers } from './service.js';
import { startDenoiser } from './start-denoiser.js';

await runMain('denoiser', async (context) => {
  const settings = workerSettings('denoiser', context, DENOISER_SETTINGS);
  const { denoiserParts, peers, insecure = false } = settings;
  for (const address of peers === undefined ? denoiserParts : []) {
    const lacks = 'without --peer-cert, --peer-key and --peer-ca';
    assertOnLoopback({ flag: '--denoiser-parts', address, lacks }, insecure);
  }
  const start = (signal: AbortSignal, telemetry: Telemetry) =>
    startDenoiser(settings, { ...context, telemetry }, signal);
  await serveWorker({ settings, start, handlers: createDenoiserHandlers }, context);
});
