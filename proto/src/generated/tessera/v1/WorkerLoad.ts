// Original file: proto/tessera/v1/worker_service.proto

import type { Long } from '@grpc/proto-loader';

export interface WorkerLoad {
  'waiting'?: (number);
  'running'?: (number);
  'busy'?: (number | string);
  'rssBytes'?: (number | string | Long);
  'eventLoopLagP99Ms'?: (number | string);
  'runForecastMs'?: (number | string);
}

export interface WorkerLoad__Output {
  'waiting': (number);
  'running': (number);
  'busy': (number);
  'rssBytes': (string);
  'eventLoopLagP99Ms': (number);
  'runForecastMs': (number);
}
