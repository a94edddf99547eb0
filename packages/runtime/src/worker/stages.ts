import type { ServiceDefinition } from '@grpc/grpc-js';
import { type Stage, tesseraV1 } from '@tessera/proto';

export type WorkerStage = 'text-encoder' | 'denoiser' | 'denoiser-part' | 'decoder';

export interface StageService {
  readonly wire: Stage;
  /** Its full name, by which health knows it. */
  readonly name: string;
  readonly definition: ServiceDefinition;
}

export const STAGE_SERVICES: Readonly<Record<WorkerStage, StageService>> = {
  'text-encoder': {
    wire: 'STAGE_TEXT_ENCODER',
    name: 'tessera.v1.TextEncoderService',
    definition: tesseraV1.TextEncoderService.service,
  },
  denoiser: {
    wire: 'STAGE_DENOISER',
    name: 'tessera.v1.DenoiserService',
    definition: tesseraV1.DenoiserService.service,
  },
  'denoiser-part': {
    wire: 'STAGE_DENOISER_PART',
    name: 'tessera.v1.DenoiserPartService',
    definition: tesseraV1.DenoiserPartService.service,
  },
  decoder: {
    wire: 'STAGE_DECODER',
    name: 'tessera.v1.DecoderService',
    definition: tesseraV1.DecoderService.service,
  },
};
