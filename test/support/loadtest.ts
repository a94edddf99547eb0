import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findK6, type JudgedThreshold } from '@tessera/loadtests';
import { repoRoot } from './paths.js';

const RUNNER = join(repoRoot, 'loadtests/dist/main.js');

/** What `npm run loadtest -- SCENARIO --json` ends with. */
export interface LoadtestRun {
  readonly code: number | null;
  /** `undefined` when nothing was measured. */
  readonly verdict: LoadtestVerdict | undefined;
  readonly stderr: string;
}

export interface LoadtestVerdict {
  readonly scenario: string;
  readonly pass: boolean;
  readonly thresholds: readonly JudgedThreshold[];
  /** Holds report.html and summary.json. */
  readonly folder: string;
}

export async function runLoadtest(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<LoadtestRun> {
  const child = spawn(process.execPath, [RUNNER, ...args, '--json'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child, 'close');
  const line = stdout.trim();
  return { code: child.exitCode, verdict: line === '' ? undefined : JSON.parse(line), stderr };
}

/** Whether there is a k6; a test without it is skipped and says on stderr what was not tested. */
export function k6IsThere(t: TestContext): boolean {
  if (findK6() !== undefined) return true;
  const reason = 'no k6: npm run k6:install';
  process.stderr.write(`NOT TESTED: ${t.name}: ${reason}\n`);
  t.skip(reason);
  return false;
}
