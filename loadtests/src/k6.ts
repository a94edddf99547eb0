import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TesseraError } from '@tessera/core';
import { PROTO_FOLDER, scriptOf, TOOLS_FOLDER } from './paths.js';
import type { K6Summary } from './verdict.js';

/** The k6 executable: on PATH, or where `npm run k6:install` puts it. */
export function findK6(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const name = process.platform === 'win32' ? 'k6.exe' : 'k6';
  const folders = [...(environment.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), TOOLS_FOLDER];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

export interface K6Run {
  readonly k6: string;
  readonly scenario: string;
  readonly address: string;
  /** What the scripts read as JSON; see k6/lib/settings.ts. */
  readonly told: Readonly<Record<string, unknown>>;
  /** For report.html and summary.json. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Bad options, a script that cannot be read or threw: nothing was measured. */
const MEASURED = new Set([0, 99]);

/**
 * Runs k6 to its end; what it prints goes to stderr.
 *
 * @throws TesseraError `invalid_argument` when k6 did not accept the script or its settings, `internal` when it ended
 * without a summary, the signal's reason.
 */
export async function runK6({ k6, scenario, address, told, folder, signal }: K6Run): Promise<K6Summary> {
  signal.throwIfAborted();
  const summary = join(folder, 'summary.json');
  const quiet = process.stderr.isTTY ? [] : ['--quiet', '--no-color'];
  const child = spawn(k6, ['run', '--no-usage-report', ...quiet, scriptOf(scenario)], {
    stdio: ['ignore', process.stderr, process.stderr],
    env: {
      ...process.env,
      TESSERA_ADDRESS: address,
      TESSERA_PROTO: PROTO_FOLDER,
      TESSERA_LOADTEST: JSON.stringify(told),
      TESSERA_LOADTEST_SUMMARY: summary,
      K6_WEB_DASHBOARD: 'true',
      K6_WEB_DASHBOARD_PORT: '-1',
      K6_WEB_DASHBOARD_PERIOD: '1s',
      K6_WEB_DASHBOARD_EXPORT: join(folder, 'report.html'),
    },
  });
  const interrupt = () => child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', interrupt);
  signal.throwIfAborted();
  if (code === BAD_SCRIPT) throw new TesseraError('invalid_argument', `k6 did not accept ${scenario}: see above`);
  if (code === null || !MEASURED.has(code)) throw new TesseraError('internal', `k6 ended with ${code}`);
  return JSON.parse(await readFile(summary, 'utf8'));
}

/** A script threw while it was read. */
const BAD_SCRIPT = 107;
