import type { ChannelOptions } from '@grpc/grpc-js';

const MIB = 1024 * 1024;

/** Tensors are cut to 1 MB a message; the rest is room for batches of parameters. */
export const MAX_MESSAGE_BYTES = 16 * MIB;

/** What every server of ours listens with. */
export const SERVER_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': -1,
  'grpc.max_concurrent_streams': 1024,
  // A peer that vanished without a close, or is frozen, is found within 13 s.
  'grpc.keepalive_time_ms': 8_000,
  'grpc.keepalive_timeout_ms': 5_000,
  // Megabytes that Node buffers for one connection before it refuses streams.
  'grpc-node.max_session_memory': 256,
  // Off, a server's forceShutdown finds no connection to close.
  'grpc.enable_channelz': 1,
};

/** What every client of an inner hop connects with. */
export const INNER_CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': -1,
  // Doubles the rate of messages near 1 MB; only the client side honours it.
  'grpc-node.flow_control_window': 8 * MIB,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  // A worker that was started again is found at once, not after grpc's default of up to 2 minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // Retries belong to one layer, the gateway's dispatcher.
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  // Without it channels to one address share a connection, and long streams hold up short calls.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_channelz': 0,
};
