import { type ReportFault, tesseraV1 } from '@tessera/proto';
import { runMain, serveWorker, workerSettings } from '@tessera/runtime';
import type { Decoder } from './decoder.js';
import { createImageEncoderHandlers } from './image-encoder-service.js';
import { createDecoderHandlers } from './service.js';
import { startDecoder } from './start-decoder.js';

await runMain('decoder', async (context) => {
  const settings = workerSettings('decoder', context);
  const start = (signal: AbortSignal) => startDecoder(settings, signal, context.log);
  const further = (decoder: () => Decoder, reportFault: ReportFault) => [
    {
      definition: tesseraV1.ImageEncoderService.service,
      implementation: createImageEncoderHandlers(decoder, reportFault),
    },
  ];
  await serveWorker({ settings, start, handlers: createDecoderHandlers, further }, context);
});
