import { type DenoiserServiceHandlers, duplexStream, type ReportFault } from '@tessera/proto';
import { answerStream } from './answer-stream.js';
import type { Denoiser } from './denoiser.js';
import { PredictStream } from './predict-stream.js';

export function createDenoiserHandlers(denoiser: () => Denoiser, reportFault: ReportFault): DenoiserServiceHandlers {
  return {
    Predict: duplexStream((requests) => {
      const served = denoiser();
      return answerStream(requests, (respond) => new PredictStream(served, respond, reportFault));
    }, reportFault),
  };
}
