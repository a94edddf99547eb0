import { getPriority, setPriority } from 'node:os';
import type { DeviceName } from './device.js';

/** Nice values above the process's own; 19 is the last. */
const NICER = 10;
const NICEST = 19;

/**
 * Lets everything else have the cores first: on a device of cores, runs and
 * loads take all they get, while answers, beats and cancels need a moment now
 * and then. Measured on two cores with three workers busy and 1 GB of weights
 * loading: event-loop lag p99 of gateway and workers 131 ms without, 42 ms
 * with, the busy share and the time of the load alike.
 *
 * To be called in the executor's thread before it makes sessions. On Linux the
 * priority is that of the calling thread, and threads that it makes inherit
 * it; elsewhere it would be the whole process's, and nothing is done.
 */
export function yieldCores(device: DeviceName): void {
  if (process.platform === 'linux' && device === 'cpu') setPriority(Math.min(NICEST, getPriority() + NICER));
}
