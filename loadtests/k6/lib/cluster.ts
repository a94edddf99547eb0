import { Client, type ConnectParams, StatusOK } from 'k6/net/grpc';
import { setTimeout } from 'k6/timers';
import { address, apiKeys, ca, protoFolder } from './settings.ts';

const SERVICE = 'tessera.v1.GenerationService';
const CONNECT_TIMEOUT_MS = 10_000;
/** An event may hold images of 3 MiB, and base64 is not what travels. */
const MAX_RECEIVE_BYTES = 8 * 1024 * 1024;

export const GENERATE = `${SERVICE}/Generate`;
export const WATCH = `${SERVICE}/Watch`;

/** A client with the API loaded; to be made while the script is read, and connected by a VU. */
export function newClient(): Client {
  const client = new Client();
  client.load([protoFolder], 'tessera/v1/generation_service.proto');
  return client;
}

export function connect(client: Client): void {
  const common = { timeout: CONNECT_TIMEOUT_MS, maxReceiveSize: MAX_RECEIVE_BYTES };
  // The types ask for a certificate of the client's own; k6 does not.
  const tls = { cacerts: [ca] } as unknown as Required<ConnectParams>['tls'];
  client.connect(address, ca === undefined ? { ...common, plaintext: true } : { ...common, tls });
}

/** @param tenant index of the tenant that calls. */
export function credentials(tenant = 0): Readonly<Record<string, string>> {
  const key = apiKeys[tenant] ?? apiKeys[0];
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

type Unary = 'Cancel' | 'GetGeneration' | 'GetClusterStatus' | 'ListModels';

/** One unary call. @throws Error with the status that it ended with. */
export async function ask<Answer>(client: Client, method: Unary, request: object, tenant = 0): Promise<Answer> {
  const { status, message, error } = await client.asyncInvoke(`${SERVICE}/${method}`, request, {
    metadata: credentials(tenant),
  });
  if (status !== StatusOK) throw new Error(`${method}: ${JSON.stringify(error)}`);
  return message as Answer;
}

/** As much of a cluster's status as the scenarios read; 64-bit numbers are strings. */
export interface ClusterStatus {
  readonly gateways: readonly {
    readonly id: string;
    readonly running: number;
    readonly queued: number;
    readonly rssBytes: string;
    readonly ledger: readonly { readonly kind: string; readonly taken: string; readonly released: string }[];
  }[];
  readonly workers: readonly {
    readonly stage: string;
    readonly evaluationsStarted: string;
    readonly load: { readonly waiting: number; readonly running: number } | null;
  }[];
}

export function statusOf(client: Client): Promise<ClusterStatus> {
  return ask(client, 'GetClusterStatus', {});
}

/** Whether the gateways hold nothing of any generation. */
export function isIdle({ gateways }: ClusterStatus): boolean {
  return gateways.every(
    ({ running, queued, ledger }) =>
      running === 0 && queued === 0 && ledger.every(({ taken, released }) => taken === released),
  );
}

export function evaluationsStarted({ workers }: ClusterStatus): number {
  return workers
    .filter(({ stage }) => stage === 'STAGE_DENOISER')
    .reduce((sum, worker) => sum + Number(worker.evaluationsStarted), 0);
}

export function rssBytes({ gateways }: ClusterStatus): number {
  return gateways.reduce((sum, gateway) => sum + Number(gateway.rssBytes), 0);
}

/** Asks until it holds or the time is over; nothing tells. @returns what was told last. */
export async function statusWhere(
  client: Client,
  holds: (status: ClusterStatus) => boolean,
  limitMs: number,
): Promise<ClusterStatus> {
  const endMs = Date.now() + limitMs;
  for (;;) {
    const status = await statusOf(client);
    if (holds(status) || Date.now() >= endMs) return status;
    await delay(LOOK_MS);
  }
}

const LOOK_MS = 20;

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
