import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repoRoot } from './paths.js';
import type { ViewerLine, ViewerSetup } from './viewer-program.js';

const PROGRAM = join(repoRoot, 'test/dist/support/viewer-program.js');

/** Viewers in a process of their own, which can be killed and stopped. */
export interface ViewerProcess {
  readonly process: ChildProcess;
  /** Everything that it told so far. */
  readonly lines: readonly ViewerLine[];
  /** Resolves at the first line that fits, told already or not yet; rejects when the process ends first. */
  line(fits: (line: ViewerLine) => boolean): Promise<ViewerLine>;
  /** Makes stalled viewers read again. */
  resume(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export function startViewers(setup: ViewerSetup): ViewerProcess {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(setup)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const lines: ViewerLine[] = [];
  const waiting = new Set<(line: ViewerLine) => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line: ViewerLine = JSON.parse(text);
    lines.push(line);
    for (const look of waiting) look(line);
  });
  const closed = once(child, 'close');
  return {
    process: child,
    lines,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const look = (line: ViewerLine) => {
          if (!fits(line)) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        closed.then(() => reject(new Error(`the viewers ended: ${said}`)));
        for (const line of lines) look(line);
      }),
    resume: () => void child.stdin.write('\n'),
    async [Symbol.asyncDispose]() {
      // Also wakes one that is stopped.
      child.kill('SIGKILL');
      await closed;
    },
  };
}
