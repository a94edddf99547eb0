import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { formatAddress, parseAddress } from '@tessera/runtime';

/** The IP addresses behind a host name; rejects when it cannot be resolved. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

const RESOLVE_EVERY_MS = 5_000;

/**
 * The set of worker addresses behind the given ones, and again whenever it
 * changes. A host name may stand for several workers, now and later, so it is
 * resolved again and again; while it cannot be resolved it keeps the addresses
 * it had: DNS being away is no reason to leave workers alone.
 *
 * @param addresses `host:port` each.
 */
export async function* watchWorkerAddresses(
  addresses: readonly string[],
  signal: AbortSignal,
  resolve: ResolveName = resolveByDns,
  everyMs: number = RESOLVE_EVERY_MS,
): AsyncGenerator<ReadonlySet<string>, void, undefined> {
  const fixed = addresses.filter((address) => isIP(parseAddress(address).host) !== 0);
  const named = addresses.filter((address) => !fixed.includes(address)).map((address) => parseAddress(address));
  const resolved = new Map<string, readonly string[]>();
  let told: string | undefined;
  while (!signal.aborted) {
    await Promise.all(
      named.map(async ({ host, port }) => {
        const found = await resolve(host).catch(() => undefined);
        if (found === undefined) return;
        const behind = found.map((ip) => formatAddress({ host: ip, port }));
        resolved.set(`${host}:${port}`, behind);
      }),
    );
    const current = [...new Set([...fixed, ...[...resolved.values()].flat()])].sort();
    if (current.join() !== told) {
      told = current.join();
      yield new Set(current);
    }
    if (named.length === 0) return;
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function resolveByDns(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}
