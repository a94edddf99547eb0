import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Names of the processes of one cluster, by what they were started with; those that only keep others have none. */
export function namedProcesses(
  family: readonly number[],
  gatewayAddresses: readonly string[],
): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const pid of family) {
    const name = nameOf(argumentsOf(pid), gatewayAddresses);
    if (name !== undefined) named.set(name, pid);
  }
  return named;
}

function nameOf(argv: readonly string[], gatewayAddresses: readonly string[]): string | undefined {
  const valueAfter = (flag: string) => (argv.includes(flag) ? argv[argv.indexOf(flag) + 1] : undefined);
  if (basename(argv[0] ?? '') === 'nats-server') return 'nats';
  const workerId = valueAfter('--worker-id');
  if (workerId !== undefined) return workerId;
  const at = gatewayAddresses.indexOf(valueAfter('--listen') ?? '');
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
