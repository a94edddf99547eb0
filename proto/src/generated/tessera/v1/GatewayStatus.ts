// Original file: proto/tessera/v1/generation_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';
import type { LedgerCount as _tessera_v1_LedgerCount, LedgerCount__Output as _tessera_v1_LedgerCount__Output } from '../../tessera/v1/LedgerCount.js';
import type { Long } from '@grpc/proto-loader';

export interface GatewayStatus {
  'id'?: (string);
  'address'?: (string);
  'pid'?: (number);
  'running'?: (number);
  'queued'?: (number);
  'uptime'?: (_google_protobuf_Duration | null);
  'arithmeticVersion'?: (string);
  'eventLoopLagP99Ms'?: (number | string);
  'rssBytes'?: (number | string | Long);
  'ledger'?: (_tessera_v1_LedgerCount)[];
  'refused'?: (number | string | Long);
  'refusalP99Ms'?: (number | string);
  'backlog'?: (_google_protobuf_Duration | null);
}

export interface GatewayStatus__Output {
  'id': (string);
  'address': (string);
  'pid': (number);
  'running': (number);
  'queued': (number);
  'uptime': (_google_protobuf_Duration__Output | null);
  'arithmeticVersion': (string);
  'eventLoopLagP99Ms': (number);
  'rssBytes': (string);
  'ledger': (_tessera_v1_LedgerCount__Output)[];
  'refused': (string);
  'refusalP99Ms': (number);
  'backlog': (_google_protobuf_Duration__Output | null);
}
