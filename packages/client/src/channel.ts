import type { ChannelOptions } from '@grpc/grpc-js';
import { type GenerationServiceClient, tesseraV1 } from '@tessera/proto';
import { apiKeyInterceptor } from './api-key.js';
import { type SecurityOptions, securityOf } from './transport-security.js';

const MIB = 1024 * 1024;

const CHANNEL_OPTIONS: ChannelOptions = {
  // `completed` carries up to 16 inline images of 512 KiB with their receipts.
  'grpc.max_receive_message_length': 32 * MIB,
  // Doubles the rate of messages of a megabyte.
  'grpc-node.flow_control_window': 8 * MIB,
  // A connection that carries no stream and vanished without being closed is noticed within 30 s; see attentive.ts.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // The client's own reconnects are the only retries.
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
};

export interface ServiceClientOptions extends SecurityOptions {
  readonly apiKey?: string | undefined;
}

/** A channel of its own: closing it disturbs no other client of the process. */
export function createServiceClient(
  address: string,
  { apiKey, ...security }: ServiceClientOptions = {},
): GenerationServiceClient {
  const { credentials, options } = securityOf(address, security);
  return new tesseraV1.GenerationService(address, credentials, {
    ...CHANNEL_OPTIONS,
    ...options,
    'grpc.use_local_subchannel_pool': 1,
    ...(apiKey !== undefined && { interceptors: [apiKeyInterceptor(apiKey)] }),
  });
}
