// Original file: proto/tessera/v1/generation.proto

import type { Window as _tessera_v1_Window, Window__Output as _tessera_v1_Window__Output } from '../../tessera/v1/Window.js';
import type { StageTiming as _tessera_v1_StageTiming, StageTiming__Output as _tessera_v1_StageTiming__Output } from '../../tessera/v1/StageTiming.js';
import type { CacheUse as _tessera_v1_CacheUse, CacheUse__Output as _tessera_v1_CacheUse__Output } from '../../tessera/v1/CacheUse.js';
import type { Tiling as _tessera_v1_Tiling, Tiling__Output as _tessera_v1_Tiling__Output } from '../../tessera/v1/Tiling.js';
import type { ComposePlan as _tessera_v1_ComposePlan, ComposePlan__Output as _tessera_v1_ComposePlan__Output } from '../../tessera/v1/ComposePlan.js';
import type { SeamFigures as _tessera_v1_SeamFigures, SeamFigures__Output as _tessera_v1_SeamFigures__Output } from '../../tessera/v1/SeamFigures.js';
import type { ReceiptRestart as _tessera_v1_ReceiptRestart, ReceiptRestart__Output as _tessera_v1_ReceiptRestart__Output } from '../../tessera/v1/ReceiptRestart.js';
import type { Long } from '@grpc/proto-loader';

export interface Receipt {
  'seed'?: (number | string | Long);
  'scheduler'?: (string);
  'timesteps'?: (number | string)[];
  'guidanceScale'?: (number | string);
  'modelSha256'?: (string);
  'numericClass'?: (string);
  'latentSha256'?: (string);
  'imageSha256'?: (string);
  'model'?: (string);
  'prompt'?: (string);
  'negativePrompt'?: (string);
  'eta'?: (number | string);
  'guidanceRescale'?: (number | string);
  'width'?: (number);
  'height'?: (number);
  'steps'?: (number);
  'windows'?: (_tessera_v1_Window)[];
  'arithmeticVersion'?: (string);
  'timings'?: (_tessera_v1_StageTiming)[];
  'cache'?: (_tessera_v1_CacheUse)[];
  'evaluations'?: (number | string | Long);
  'imageIndex'?: (number);
  'tesseraVersion'?: (string);
  'negativePromptGiven'?: (boolean);
  'tiling'?: (_tessera_v1_Tiling | null);
  'compose'?: (_tessera_v1_ComposePlan | null);
  'seams'?: (_tessera_v1_SeamFigures | null);
  'restarts'?: (_tessera_v1_ReceiptRestart)[];
}

export interface Receipt__Output {
  'seed': (string);
  'scheduler': (string);
  'timesteps': (number)[];
  'guidanceScale': (number);
  'modelSha256': (string);
  'numericClass': (string);
  'latentSha256': (string);
  'imageSha256': (string);
  'model': (string);
  'prompt': (string);
  'negativePrompt': (string);
  'eta': (number);
  'guidanceRescale': (number);
  'width': (number);
  'height': (number);
  'steps': (number);
  'windows': (_tessera_v1_Window__Output)[];
  'arithmeticVersion': (string);
  'timings': (_tessera_v1_StageTiming__Output)[];
  'cache': (_tessera_v1_CacheUse__Output)[];
  'evaluations': (string);
  'imageIndex': (number);
  'tesseraVersion': (string);
  'negativePromptGiven': (boolean);
  'tiling': (_tessera_v1_Tiling__Output | null);
  'compose': (_tessera_v1_ComposePlan__Output | null);
  'seams': (_tessera_v1_SeamFigures__Output | null);
  'restarts': (_tessera_v1_ReceiptRestart__Output)[];
}
