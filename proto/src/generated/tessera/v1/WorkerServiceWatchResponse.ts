// Original file: proto/tessera/v1/worker_service.proto

import type { WorkerState as _tessera_v1_WorkerState, WorkerState__Output as _tessera_v1_WorkerState__Output } from '../../tessera/v1/WorkerState.js';
import type { WorkerLoad as _tessera_v1_WorkerLoad, WorkerLoad__Output as _tessera_v1_WorkerLoad__Output } from '../../tessera/v1/WorkerLoad.js';
import type { Long } from '@grpc/proto-loader';

export interface WorkerServiceWatchResponse {
  'state'?: (_tessera_v1_WorkerState);
  'load'?: (_tessera_v1_WorkerLoad | null);
  'evaluationsStarted'?: (number | string | Long);
  'evaluationsCompleted'?: (number | string | Long);
}

export interface WorkerServiceWatchResponse__Output {
  'state': (_tessera_v1_WorkerState__Output);
  'load': (_tessera_v1_WorkerLoad__Output | null);
  'evaluationsStarted': (string);
  'evaluationsCompleted': (string);
}
