// Runs the compiled tests: `run-tests.mjs [unit|integration] [name filter]`; both folders by default.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const compiled = join(import.meta.dirname, '../test/dist');
const [suite, filter = ''] = process.argv.slice(2);
const suites = suite === undefined ? ['unit', 'integration'] : [suite];

const files = suites.flatMap((name) =>
  readdirSync(join(compiled, name), { recursive: true })
    .filter((file) => file.endsWith('.test.js') && file.includes(filter))
    .sort()
    .map((file) => join(compiled, name, file)),
);

const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
