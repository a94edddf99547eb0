// Original file: proto/tessera/v1/generation_service.proto

import type { PreviewOptions as _tessera_v1_PreviewOptions, PreviewOptions__Output as _tessera_v1_PreviewOptions__Output } from '../../tessera/v1/PreviewOptions.js';
import type { OutputOptions as _tessera_v1_OutputOptions, OutputOptions__Output as _tessera_v1_OutputOptions__Output } from '../../tessera/v1/OutputOptions.js';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';
import type { Long } from '@grpc/proto-loader';

export interface GenerateRequest {
  'model'?: (string);
  'prompt'?: (string);
  'negativePrompt'?: (string);
  'seed'?: (number | string | Long);
  'count'?: (number | string | Long);
  'steps'?: (number | string | Long);
  'guidanceScale'?: (number | string);
  'guidanceRescale'?: (number | string);
  'width'?: (number | string | Long);
  'height'?: (number | string | Long);
  'scheduler'?: (string);
  'eta'?: (number | string);
  'preview'?: (_tessera_v1_PreviewOptions | null);
  'output'?: (_tessera_v1_OutputOptions | null);
  'idempotencyKey'?: (string);
  'keepFor'?: (_google_protobuf_Duration | null);
  'timeLimit'?: (_google_protobuf_Duration | null);
  'priority'?: (number | string | Long);
  '_model'?: "model";
  '_prompt'?: "prompt";
  '_negativePrompt'?: "negativePrompt";
  '_seed'?: "seed";
  '_count'?: "count";
  '_steps'?: "steps";
  '_guidanceScale'?: "guidanceScale";
  '_guidanceRescale'?: "guidanceRescale";
  '_width'?: "width";
  '_height'?: "height";
  '_scheduler'?: "scheduler";
  '_eta'?: "eta";
  '_idempotencyKey'?: "idempotencyKey";
  '_priority'?: "priority";
}

export interface GenerateRequest__Output {
  'model'?: (string);
  'prompt'?: (string);
  'negativePrompt'?: (string);
  'seed'?: (string);
  'count'?: (string);
  'steps'?: (string);
  'guidanceScale'?: (number);
  'guidanceRescale'?: (number);
  'width'?: (string);
  'height'?: (string);
  'scheduler'?: (string);
  'eta'?: (number);
  'preview': (_tessera_v1_PreviewOptions__Output | null);
  'output': (_tessera_v1_OutputOptions__Output | null);
  'idempotencyKey'?: (string);
  'keepFor': (_google_protobuf_Duration__Output | null);
  'timeLimit': (_google_protobuf_Duration__Output | null);
  'priority'?: (string);
  '_model'?: "model";
  '_prompt'?: "prompt";
  '_negativePrompt'?: "negativePrompt";
  '_seed'?: "seed";
  '_count'?: "count";
  '_steps'?: "steps";
  '_guidanceScale'?: "guidanceScale";
  '_guidanceRescale'?: "guidanceRescale";
  '_width'?: "width";
  '_height'?: "height";
  '_scheduler'?: "scheduler";
  '_eta'?: "eta";
  '_idempotencyKey'?: "idempotencyKey";
  '_priority'?: "priority";
}
