import {
  type DenoiserServiceHandlers,
  duplexStream,
  type PredictRequest__Output,
  type PredictResponse,
  type ReportFault,
} from '@tessera/proto';
import type { Denoiser } from './denoiser.js';
import { Outbox } from './outbox.js';
import { PredictStream } from './predict-stream.js';

export function createDenoiserHandlers(denoiser: () => Denoiser, reportFault: ReportFault): DenoiserServiceHandlers {
  return { Predict: duplexStream((requests) => predict(denoiser(), requests, reportFault), reportFault) };
}

/** Requests are taken as they come, results leave as they end; when either side ends, what waits is withdrawn. */
async function* predict(
  denoiser: Denoiser,
  requests: AsyncIterable<PredictRequest__Output>,
  reportFault: ReportFault,
): AsyncGenerator<PredictResponse> {
  const outbox = new Outbox<PredictResponse>();
  const stream = new PredictStream(denoiser, (message) => outbox.push(message), reportFault);
  acceptAll(requests, stream).then(
    () => outbox.end(),
    (failure) => {
      stream.close();
      outbox.end({ failure });
    },
  );
  try {
    yield* outbox;
  } finally {
    stream.close();
  }
}

async function acceptAll(requests: AsyncIterable<PredictRequest__Output>, stream: PredictStream): Promise<void> {
  for await (const request of requests) stream.accept(request);
  await stream.settled();
}
