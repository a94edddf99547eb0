// Original file: proto/tessera/v1/worker_service.proto

export const Stage = {
  STAGE_UNSPECIFIED: 'STAGE_UNSPECIFIED',
  STAGE_TEXT_ENCODER: 'STAGE_TEXT_ENCODER',
  STAGE_DENOISER: 'STAGE_DENOISER',
  STAGE_DECODER: 'STAGE_DECODER',
  STAGE_DENOISER_PART: 'STAGE_DENOISER_PART',
} as const;

export type Stage =
  | 'STAGE_UNSPECIFIED'
  | 0
  | 'STAGE_TEXT_ENCODER'
  | 1
  | 'STAGE_DENOISER'
  | 2
  | 'STAGE_DECODER'
  | 3
  | 'STAGE_DENOISER_PART'
  | 4

export type Stage__Output = typeof Stage[keyof typeof Stage]
