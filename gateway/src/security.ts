import { invalidField, TesseraError } from '@tessera/core';
import {
  assertOnLoopback,
  connectChannel,
  connectPeer,
  flagOf,
  followCertificates,
  type GATEWAY_SETTINGS,
  type Logger,
  type Peers,
  peersOf,
  type ServerTls,
  type SettingValues,
  tlsForAll,
} from '@tessera/runtime';
import type { ConnectWorker } from './workers/workers.js';

type Settings = SettingValues<typeof GATEWAY_SETTINGS>;

/** How a gateway speaks to clients and to the processes of its cluster. */
export interface Security {
  /** Of the public API; plain text when not there. */
  readonly tls: ServerTls | undefined;
  /** Plain text among processes when not there. */
  readonly peers: Peers | undefined;
  readonly connectWorker: ConnectWorker;
}

/**
 * The settings' security. Plain text beyond loopback has to be meant.
 *
 * @throws TesseraError `invalid_argument` that names the setting at fault.
 */
export function securityOf(settings: Settings, log: Logger, signal: AbortSignal): Security {
  const { tlsCert: certificate, tlsKey: key } = settings;
  if ((certificate === undefined) !== (key === undefined)) {
    const missing = certificate === undefined ? '--tls-cert' : '--tls-key';
    const text = `${missing} is needed: a certificate and its key are given together`;
    throw new TesseraError('invalid_argument', text, { field: missing });
  }
  const peers = peersOf(settings, log, signal);
  assertGuarded(settings, peers !== undefined);
  const files = certificate === undefined || key === undefined ? undefined : { certificate, key };
  return {
    tls: files && tlsForAll(followCertificates(files, log, signal)),
    peers,
    connectWorker: connectWorkerBy(peers),
  };
}

function connectWorkerBy(peers: Peers | undefined): ConnectWorker {
  return (address, stage) => {
    if (stage !== undefined) return connectPeer(address, stage, peers);
    if (peers === undefined) return connectChannel(address);
    throw new TesseraError('internal', `nobody said what worker is at ${address}`);
  };
}

function assertGuarded(settings: Settings, hasPeers: boolean): void {
  const { listen, metricsListen, nats, insecure, tlsCert, apiKeys } = settings;
  if (tlsCert === undefined || apiKeys === undefined) {
    const lacks = 'without TLS (--tls-cert, --tls-key) and keys (--api-keys)';
    assertOnLoopback({ flag: '--listen', address: listen, lacks }, insecure);
  }
  const schemes = new Set(nats.map((server) => new URL(server).protocol));
  if (schemes.size > 1) throw invalidField('--nats', 'must all be nats://, or all be tls://', nats.join());
  for (const address of nats.filter((server) => !server.startsWith('tls://'))) {
    assertOnLoopback({ flag: '--nats', address, lacks: 'in plain text (tls:// is not)' }, insecure);
  }
  if (hasPeers) return;
  const lacks = 'without --peer-cert, --peer-key and --peer-ca';
  if (metricsListen !== 'off') assertOnLoopback({ flag: '--metrics-listen', address: metricsListen, lacks }, insecure);
  for (const stage of ['textEncoders', 'denoisers', 'denoiserParts', 'decoders'] as const) {
    for (const address of settings[stage]) assertOnLoopback({ flag: flagOf(stage), address, lacks }, insecure);
  }
}
