import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repoRoot } from '../../support/paths.js';
import { PROTECTIONS, type Protection, WITHOUT_VARIABLE } from '../../support/protections.js';
import type { AcceptancePoint } from '../point.js';

/** One that hangs without its protection has not failed by what it checks. */
const TEST_LIMIT_MS = 60_000;

type Outcome = 'passed' | 'failed' | 'not run' | 'hung or crashed';

export const protectionsPoint: AcceptancePoint = {
  id: 'engine.8',
  title: 'each protection holds something: its test passes with it, and fails without it',
  run: async () => {
    const outcomes = [];
    for (const protection of PROTECTIONS) {
      outcomes.push({
        protection: protection.name,
        holds: protection.holds,
        turnedOffBy: protection.turnedOffBy,
        test: `${protection.test.file}: ${protection.test.name}`,
        on: await outcomeOf(protection, false),
        off: await outcomeOf(protection, true),
      });
    }
    return {
      value: outcomes,
      limit: { on: 'passed', off: 'failed' },
      pass: outcomes.every(({ on, off }) => on === 'passed' && off === 'failed'),
    };
  },
};

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
