import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Cluster } from '../support/cluster.js';

/** A gateway's first process, which took any port; those that follow ask for the same one. */
type FirstGateway = Cluster['gateways'][number];

/** Names of the processes of one cluster, by what they were started with; those that only keep others have none. */
export function namedProcesses(
  family: readonly number[],
  gateways: readonly FirstGateway[],
): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const pid of family) {
    const name = nameOf(pid, argumentsOf(pid), gateways);
    if (name !== undefined) named.set(name, pid);
  }
  return named;
}

function nameOf(pid: number, argv: readonly string[], gateways: readonly FirstGateway[]): string | undefined {
  const valueAfter = (flag: string) => (argv.includes(flag) ? argv[argv.indexOf(flag) + 1] : undefined);
  if (basename(argv[0] ?? '') === 'nats-server') return 'nats';
  const workerId = valueAfter('--worker-id');
  if (workerId !== undefined) return workerId;
  const listen = valueAfter('--listen');
  const at = gateways.findIndex((first) => first.pid === pid || first.address === listen);
  return at === -1 ? undefined : `gateway-${at + 1}`;
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It ended meanwhile.
    return [];
  }
}
