import { runMain, serveWorker, workerSettings } from '@tessera/runtime';
import { createTextEncoderHandlers } from './service.js';
import { startTextEncoder } from './start-text-encoder.js';

await runMain('text-encoder', async (context) => {
  const settings = workerSettings('text-encoder', context);
  const start = (signal: AbortSignal) => startTextEncoder(settings, signal);
  await serveWorker({ settings, start, handlers: createTextEncoderHandlers }, context);
});
