import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** Debian's `faketime` package keeps it in a folder named for the machine. */
const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((machine) =>
  join('/usr/lib', machine, 'faketime/libfaketime.so.1'),
);

/** The wall clock of the processes started with its environment, which can be set while they run; their monotonic clock is real. */
export interface SteppedClock extends Disposable {
  readonly env: NodeJS.ProcessEnv;
  /** From the machine's own clock. */
  set(offsetHours: number): void;
}

/** @throws Error where libfaketime is not there and apt cannot install it. */
export function createSteppedClock(): SteppedClock {
  const library = LIBRARIES.find(existsSync) ?? installed();
  const folder = temporaryFolder();
  const file = join(folder.path, 'offset');
  const set = (offsetHours: number) => writeFileSync(file, `${offsetHours < 0 ? '' : '+'}${offsetHours}h`);
  set(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

function installed(): string {
  if (process.getuid?.() === 0) spawnSync('apt-get', ['install', '-y', 'faketime'], { stdio: 'ignore' });
  const library = LIBRARIES.find(existsSync);
  if (library === undefined) throw new Error('libfaketime is not there: apt-get install faketime');
  return library;
}
