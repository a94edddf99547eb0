// Original file: proto/tessera/v1/generation_service.proto

import type { Stage as _tessera_v1_Stage, Stage__Output as _tessera_v1_Stage__Output } from '../../tessera/v1/Stage.js';
import type { WorkerState as _tessera_v1_WorkerState, WorkerState__Output as _tessera_v1_WorkerState__Output } from '../../tessera/v1/WorkerState.js';
import type { WorkerLoad as _tessera_v1_WorkerLoad, WorkerLoad__Output as _tessera_v1_WorkerLoad__Output } from '../../tessera/v1/WorkerLoad.js';
import type { Long } from '@grpc/proto-loader';

export interface WorkerStatus {
  'id'?: (string);
  'stage'?: (_tessera_v1_Stage);
  'address'?: (string);
  'pid'?: (number);
  'state'?: (_tessera_v1_WorkerState);
  'load'?: (_tessera_v1_WorkerLoad | null);
  'evaluationsStarted'?: (number | string | Long);
  'device'?: (string);
  'numericClass'?: (string);
  'models'?: (string)[];
}

export interface WorkerStatus__Output {
  'id': (string);
  'stage': (_tessera_v1_Stage__Output);
  'address': (string);
  'pid': (number);
  'state': (_tessera_v1_WorkerState__Output);
  'load': (_tessera_v1_WorkerLoad__Output | null);
  'evaluationsStarted': (string);
  'device': (string);
  'numericClass': (string);
  'models': (string)[];
}
