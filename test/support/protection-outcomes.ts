import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repoRoot } from './paths.js';
import { type Protection, WITHOUT_VARIABLE } from './protections.js';

/** One that hangs without its protection has not failed by what it checks. */
const TEST_LIMIT_MS = 60_000;

type Outcome = 'passed' | 'failed' | 'not run' | 'hung or crashed';

/** How the test of a protection ends with it, and without it. */
export interface ProtectionOutcome {
  readonly protection: string;
  readonly holds: string;
  readonly turnedOffBy: string;
  readonly test: string;
  readonly on: Outcome;
  readonly off: Outcome;
}

/** Runs the test of each of these both ways. */
export async function protectionOutcomes(protections: readonly Protection[]): Promise<readonly ProtectionOutcome[]> {
  const outcomes: ProtectionOutcome[] = [];
  for (const protection of protections) {
    outcomes.push({
      protection: protection.name,
      holds: protection.holds,
      turnedOffBy: protection.turnedOffBy,
      test: `${protection.test.file}: ${protection.test.name}`,
      on: await outcomeOf(protection, false),
      off: await outcomeOf(protection, true),
    });
  }
  return outcomes;
}

/** Whether each of them holds something: its test passes with it, and fails without it. */
export function allHold(outcomes: readonly ProtectionOutcome[]): boolean {
  return outcomes.length > 0 && outcomes.every(({ on, off }) => on === 'passed' && off === 'failed');
}

async function outcomeOf({ name, test }: Protection, without: boolean): Promise<Outcome> {
  const file = join(repoRoot, 'test/dist', `${test.file}.test.js`);
  const pattern = `^${test.name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`;
  const args = ['--test', '--test-reporter=tap', `--test-timeout=${TEST_LIMIT_MS}`];
  const child = spawn(process.execPath, [...args, `--test-name-pattern=${pattern}`, file], {
    env: { ...process.env, ...(without && { [WITHOUT_VARIABLE]: name }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let tap = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    tap += text;
  });
  await once(child, 'close');
  return outcomeIn(tap, test.name);
}

/** Of the test by that name, in what node's TAP reporter says. */
function outcomeIn(tap: string, name: string): Outcome {
  const lines = tap.split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => /^(not )?ok \d+ - /.test(line) && line.endsWith(`- ${escaped(name)}`));
  if (at === -1) return tap.includes('not ok') ? 'hung or crashed' : 'not run';
  if (lines[at]?.startsWith('ok')) return 'passed';
  const details = lines.slice(at, lines.indexOf('...', at));
  if (details.includes("failureType: 'testCodeFailure'")) return 'failed';
  // A test that waits for what should happen says itself for how long.
  const waitedInVain = details.includes("failureType: 'testTimeoutFailure'") && !tap.includes(`${TEST_LIMIT_MS}ms`);
  return waitedInVain ? 'failed' : 'hung or crashed';
}

/** TAP writes `#` and `\` so. */
function escaped(name: string): string {
  return name.replaceAll('\\', '\\\\').replaceAll('#', '\\#');
}
