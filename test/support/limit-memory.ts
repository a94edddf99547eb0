import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Lets a process have so many bytes more than it has: allocations beyond them fail, as on a machine without more. Linux only. */
export function limitMemory(pid: number, roomBytes: number): void {
  const [, kib] = /^VmData:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const bytes = Number(kib) * 1024 + roomBytes;
  execFileSync('prlimit', ['--pid', String(pid), `--data=${bytes}:${bytes}`]);
}
