// Original file: proto/tessera/v1/generation_service.proto

import type { ServedModel as _tessera_v1_ServedModel, ServedModel__Output as _tessera_v1_ServedModel__Output } from '../../tessera/v1/ServedModel.js';

export interface ListModelsResponse {
  'models'?: (_tessera_v1_ServedModel)[];
}

export interface ListModelsResponse__Output {
  'models': (_tessera_v1_ServedModel__Output)[];
}
