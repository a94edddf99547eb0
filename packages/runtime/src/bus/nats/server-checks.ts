import { TesseraError } from '@tessera/core';
import type { ServerInfo } from 'nats';
import type { Logger } from '../../logger.js';
import { MAX_ENTRY_BYTES } from '../log-store.js';

/** Debian bookworm has it; older ones lack what the Bus reads with. */
const OLDEST = [2, 9] as const;
/** Since it a store can be told to sync before it acknowledges. */
const SYNCS_SINCE = [2, 10] as const;
const MONITOR_TIMEOUT_MS = 2_000;

/** @throws TesseraError `failed_precondition` naming what the server lacks. */
export function assertUsable({ version, jetstream, max_payload }: ServerInfo): void {
  if (!isAtLeast(version, OLDEST)) throw unusable(`nats-server ${version} is older than ${OLDEST.join('.')}`);
  if (jetstream !== true)
    throw unusable('JetStream is not enabled (nats-server -js, or jetstream {} in its configuration)');
  if (max_payload < MAX_ENTRY_BYTES)
    throw unusable(`max_payload is ${max_payload} and must be at least ${MAX_ENTRY_BYTES}`);
}

/**
 * Says how durable an acknowledged message is. A process that is killed loses
 * nothing in any version; only a store that syncs always survives the loss of
 * power.
 *
 * @param monitorUrl `http://host:port` of the server's monitoring, where the setting can be read.
 */
export async function tellDurability(version: string, monitorUrl: string | undefined, logger: Logger): Promise<void> {
  if (!isAtLeast(version, SYNCS_SINCE)) {
    logger.warn('this nats-server survives the end of its process, not the loss of power: it cannot sync always', {
      version,
    });
    return;
  }
  if (monitorUrl === undefined) {
    logger.warn('durability against loss of power is unverified: no monitoring of nats-server was given');
    return;
  }
  try {
    const answer = await fetch(new URL('/varz', monitorUrl), { signal: AbortSignal.timeout(MONITOR_TIMEOUT_MS) });
    const { jetstream } = (await answer.json()) as { jetstream?: { config?: { sync_always?: boolean } } };
    if (jetstream?.config?.sync_always === true) logger.info('nats-server syncs before it acknowledges');
    else logger.warn('nats-server may lose what it acknowledged when power is lost: set sync_interval: always');
  } catch (thrown) {
    logger.warn('durability against loss of power is unverified: the monitoring of nats-server does not answer', {
      cause: (thrown as Error).message,
    });
  }
}

function unusable(lack: string): TesseraError {
  return new TesseraError('failed_precondition', `this NATS cannot be used: ${lack}`);
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number);
  return itsMajor > major || (itsMajor === major && itsMinor >= minor);
}
