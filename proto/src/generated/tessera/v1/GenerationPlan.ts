// Original file: proto/tessera/v1/generation.proto

import type { Window as _tessera_v1_Window, Window__Output as _tessera_v1_Window__Output } from '../../tessera/v1/Window.js';
import type { Tiling as _tessera_v1_Tiling, Tiling__Output as _tessera_v1_Tiling__Output } from '../../tessera/v1/Tiling.js';
import type { ComposePlan as _tessera_v1_ComposePlan, ComposePlan__Output as _tessera_v1_ComposePlan__Output } from '../../tessera/v1/ComposePlan.js';
import type { DecodePlan as _tessera_v1_DecodePlan, DecodePlan__Output as _tessera_v1_DecodePlan__Output } from '../../tessera/v1/DecodePlan.js';
import type { Long } from '@grpc/proto-loader';

export interface GenerationPlan {
  'model'?: (string);
  'modelSha256'?: (string);
  'seed'?: (number | string | Long);
  'count'?: (number);
  'scheduler'?: (string);
  'timesteps'?: (number | string)[];
  'guidanceScale'?: (number | string);
  'guidanceRescale'?: (number | string);
  'eta'?: (number | string);
  'width'?: (number);
  'height'?: (number);
  'latentChannels'?: (number);
  'latentWidth'?: (number);
  'latentHeight'?: (number);
  'windows'?: (_tessera_v1_Window)[];
  'previewSteps'?: (number)[];
  'evaluations'?: (number | string | Long);
  'peakMemoryBytes'?: (number | string | Long);
  'steps'?: (number);
  'tiling'?: (_tessera_v1_Tiling | null);
  'compose'?: (_tessera_v1_ComposePlan | null);
  'decode'?: (_tessera_v1_DecodePlan | null);
}

export interface GenerationPlan__Output {
  'model': (string);
  'modelSha256': (string);
  'seed': (string);
  'count': (number);
  'scheduler': (string);
  'timesteps': (number)[];
  'guidanceScale': (number);
  'guidanceRescale': (number);
  'eta': (number);
  'width': (number);
  'height': (number);
  'latentChannels': (number);
  'latentWidth': (number);
  'latentHeight': (number);
  'windows': (_tessera_v1_Window__Output)[];
  'previewSteps': (number)[];
  'evaluations': (string);
  'peakMemoryBytes': (string);
  'steps': (number);
  'tiling': (_tessera_v1_Tiling__Output | null);
  'compose': (_tessera_v1_ComposePlan__Output | null);
  'decode': (_tessera_v1_DecodePlan__Output | null);
}
