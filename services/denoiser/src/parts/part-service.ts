import { type DenoiserPartServiceHandlers, duplexStream, type ReportFault } from '@tessera/proto';
import { answerStream } from '../answer-stream.js';
import type { DenoiserPart } from './denoiser-part.js';
import { PartRuns } from './part-runs.js';

export function createDenoiserPartHandlers(
  part: () => DenoiserPart,
  reportFault: ReportFault,
): DenoiserPartServiceHandlers {
  return {
    RunPart: duplexStream((requests) => {
      const served = part();
      return answerStream(requests, (respond) => new PartRuns(served, respond, reportFault));
    }, reportFault),
  };
}
