// Builds k6, which runs the load tests, into .tools; it comes as a Go module.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const MODULE = 'go.k6.io/k6@v1.8.1';

const folder = join(import.meta.dirname, '../.tools');
const file = join(folder, process.platform === 'win32' ? 'k6.exe' : 'k6');
if (!existsSync(file)) {
  const { status, error } = spawnSync('go', ['install', MODULE], {
    env: { ...process.env, GOBIN: folder },
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`k6 could not be built${error ? ` (${error.message}); Go is needed` : ''}: go install ${MODULE}`);
    process.exit(1);
  }
}
console.log(file);
