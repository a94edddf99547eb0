import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../support/monotonic.js';
import type { Disturbance } from './disturbances.js';

/** What was done to a process that was there. */
export interface Done extends Disturbance {
  /** On the machine's monotonic clock. */
  readonly doneAtMs: number;
}

/** Does what the list says, at its times; resolves when every process runs again or has ended. */
export async function disturb(
  list: readonly Disturbance[],
  processes: () => ReadonlyMap<string, number>,
): Promise<readonly Done[]> {
  const beganMs = monotonicMs();
  const done: Done[] = [];
  const thawing: Promise<void>[] = [];
  for (const disturbance of list) {
    await delay(Math.max(0, beganMs + disturbance.atMs - monotonicMs()));
    const { victim, kind, frozenMs } = disturbance;
    const pid = processes().get(victim);
    // It is being started again.
    if (pid === undefined || !signalled(pid, kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')) continue;
    done.push({ ...disturbance, doneAtMs: monotonicMs() });
    console.error(`${Math.round(disturbance.atMs / 1000)} s: ${kind} ${victim}`);
    if (kind === 'freeze') thawing.push(delay(frozenMs).then(() => void signalled(pid, 'SIGCONT')));
  }
  await Promise.all(thawing);
  return done;
}

function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
