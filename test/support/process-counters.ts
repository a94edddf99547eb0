import { readFileSync } from 'node:fs';

/** A tick of the times in /proc, on every Linux that Node runs on. */
const TICK_MS = 10;

/** Milliseconds that a process's threads have run, in user and kernel mode. Linux only. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return TICK_MS * (Number(fields[11]) + Number(fields[12]));
}

/** Bytes that a process has read and written, sockets included. Linux only. */
export function bytesMoved(pid: number): number {
  const io = readFileSync(`/proc/${pid}/io`, 'utf8');
  const of = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(io)?.[1]);
  return of('rchar') + of('wchar');
}
