// Runs the compiled tests: `run-tests.mjs [unit|integration] [name filter]`; both folders by default.
// Sources are listed, not what tsc left behind, so that a test whose source is gone does not run.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const tests = join(import.meta.dirname, '../test');
const [suite, filter = ''] = process.argv.slice(2);
const suites = suite === undefined ? ['unit', 'integration'] : [suite];

const files = suites.flatMap((name) =>
  readdirSync(join(tests, name), { recursive: true })
    .filter((file) => file.endsWith('.test.ts') && file.includes(filter))
    .sort()
    .map((file) => join(tests, 'dist', name, file.replace(/\.ts$/, '.js'))),
);

if (files.some((file) => /nats/.test(file))) {
  const prepared = spawnSync(process.execPath, [join(tests, 'dist/support/prepare-nats.js')], { stdio: 'inherit' });
  if (prepared.status !== 0) process.exit(1);
}
// A file that never ends is ended, and named.
const LONGEST_FILE_MS = 900_000;
const flags = ['--test', '--test-concurrency=2', `--test-timeout=${LONGEST_FILE_MS}`];
const { status } = spawnSync(process.execPath, [...flags, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
