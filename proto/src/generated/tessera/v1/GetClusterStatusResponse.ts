// Original file: proto/tessera/v1/generation_service.proto

import type { GatewayStatus as _tessera_v1_GatewayStatus, GatewayStatus__Output as _tessera_v1_GatewayStatus__Output } from '../../tessera/v1/GatewayStatus.js';
import type { WorkerStatus as _tessera_v1_WorkerStatus, WorkerStatus__Output as _tessera_v1_WorkerStatus__Output } from '../../tessera/v1/WorkerStatus.js';

export interface GetClusterStatusResponse {
  'version'?: (string);
  'gateways'?: (_tessera_v1_GatewayStatus)[];
  'workers'?: (_tessera_v1_WorkerStatus)[];
}

export interface GetClusterStatusResponse__Output {
  'version': (string);
  'gateways': (_tessera_v1_GatewayStatus__Output)[];
  'workers': (_tessera_v1_WorkerStatus__Output)[];
}
