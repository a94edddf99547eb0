import { Channel, type ChannelCredentials, type ChannelOptions, type ClientOptions, credentials } from '@grpc/grpc-js';
import { INNER_CHANNEL_OPTIONS } from './options.js';

/** A generated service client: `tesseraV1.DenoiserService` and its like. */
export type ClientConstructor<ServiceClient> = new (
  address: string,
  credentials: ChannelCredentials,
  options?: ClientOptions,
) => ServiceClient;

/** One connection to one process, for as many service clients as it serves. */
export interface ServiceChannel {
  readonly address: string;
  client<ServiceClient>(serviceClient: ClientConstructor<ServiceClient>): ServiceClient;
  /** Ends the connection. Calls still open fail as cancelled or unavailable. */
  close(): void;
}

/**
 * Opens a channel to another process of the cluster. It connects when it is
 * first used, and again whenever the connection is lost.
 *
 * @param address `host:port`.
 * @param options over those of every inner hop.
 * @param channelCredentials plain text when not given.
 */
export function connectChannel(
  address: string,
  options: ChannelOptions = {},
  channelCredentials: ChannelCredentials = credentials.createInsecure(),
): ServiceChannel {
  const channel = new Channel(address, channelCredentials, { ...INNER_CHANNEL_OPTIONS, ...options });
  return {
    address,
    client: (ServiceClient) => new ServiceClient(address, channelCredentials, { channelOverride: channel }),
    close: () => channel.close(),
  };
}
