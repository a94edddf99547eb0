import type { Client } from 'k6/net/grpc';
import { connect, rssBytes, statusOf } from './cluster.ts';
import * as metrics from './metrics.ts';

const MIB = 1024 * 1024;

export interface AtStart {
  readonly rssBytes: number;
}

/** For `setup`. */
export async function atStart(client: Client): Promise<AtStart> {
  connect(client);
  const status = await statusOf(client);
  client.close();
  return { rssBytes: rssBytes(status) };
}

/** One look at the gateways' memory. */
export async function lookAtMemory(client: Client, before: AtStart): Promise<void> {
  connect(client);
  metrics.gatewayGrowth.add((rssBytes(await statusOf(client)) - before.rssBytes) / MIB);
  client.close();
}
