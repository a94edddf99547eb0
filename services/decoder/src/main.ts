import { runMain, serveWorker, workerSettings } from '@tessera/runtime';
import { createDecoderHandlers } from './service.js';
import { startDecoder } from './start-decoder.js';

await runMain('decoder', async (context) => {
  const settings = workerSettings('decoder', context.log);
  const start = (signal: AbortSignal) => startDecoder(settings, signal);
  await serveWorker({ settings, start, handlers: createDecoderHandlers }, context);
});
