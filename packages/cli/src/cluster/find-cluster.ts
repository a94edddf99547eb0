import { connect, type TesseraClient, TesseraError } from '@tessera/client';
import type { ResolvedSettings } from '@tessera/runtime';
import { relayedLine } from '../output/relay-log.js';
import { type CLIENT_SETTINGS, DEFAULT_ADDRESS } from '../settings.js';
import { clientSecurity, speaksTls } from './client-security.js';
import { startEphemeralCluster } from './ephemeral.js';

export interface FoundCluster {
  readonly client: TesseraClient;
  /** The command's signal, aborted too when an ephemeral cluster fails. */
  readonly signal: AbortSignal;
  /** Ends the connection, and the cluster when it was brought up for this command. */
  close(): Promise<void>;
}

export interface ClusterSearch {
  readonly settings: ResolvedSettings<typeof CLIENT_SETTINGS>;
  readonly signal: AbortSignal;
}

export interface EphemeralSearch extends ClusterSearch {
  /** Bring one up even if one is there. */
  readonly ephemeral: boolean;
  /** Models that a cluster brought up has to serve. */
  readonly models: readonly string[];
}

/** A cluster that was named should answer at once; it may be starting. */
const NAMED_TIMEOUT_MS = 5_000;
const PROBE_TIMEOUT_MS = 1_000;

/**
 * The cluster at `--address` or `TESSERA_ADDRESS`, else the one on this machine's
 * well-known port.
 *
 * @throws TesseraError `unavailable` when there is none.
 */
export async function findCluster({ settings, signal }: ClusterSearch): Promise<FoundCluster> {
  const found = await runningCluster({ settings, signal });
  if (found !== undefined) return found;
  const message = `no cluster serves at ${DEFAULT_ADDRESS}; \`tessera up\` starts one`;
  throw new TesseraError('unavailable', message);
}

/** As {@link findCluster}, and otherwise one that is brought up for this command alone. */
export async function findOrStartCluster(search: EphemeralSearch): Promise<FoundCluster> {
  const { settings, signal, ephemeral, models } = search;
  const found = ephemeral ? undefined : await runningCluster({ settings, signal });
  if (found !== undefined) return found;
  const { isTTY } = process.stderr;
  if (isTTY) process.stderr.write('starting a cluster for this call …');
  const cluster = await startEphemeralCluster({
    models,
    config: settings.values.config,
    signal,
    onLog: (line) => process.stderr.write(relayedLine(line, isTTY)),
  }).finally(() => {
    if (isTTY) process.stderr.write('\r\x1b[K');
  });
  const client = connect({
    address: cluster.addresses,
    apiKey: settings.values.apiKey ?? cluster.supervisorKey,
    ...cluster.security,
  });
  return {
    client,
    signal: AbortSignal.any([signal, cluster.failed]),
    async close() {
      client.close();
      await cluster.stop();
    },
  };
}

async function runningCluster({ settings, signal }: ClusterSearch): Promise<FoundCluster | undefined> {
  const { address: named, apiKey } = settings.values;
  const isNamed = named.length > 0;
  const client = connect({ address: isNamed ? named : DEFAULT_ADDRESS, apiKey, ...clientSecurity(settings.values) });
  if (await client.isServing(isNamed ? NAMED_TIMEOUT_MS : PROBE_TIMEOUT_MS)) {
    return { client, signal, close: async () => client.close() };
  }
  client.close();
  if (isNamed) {
    const how = speaksTls(settings.values) ? ' over TLS (--insecure speaks plain text)' : '';
    throw new TesseraError('unavailable', `no cluster serves at ${named.join(', ')}${how}`);
  }
  return undefined;
}
