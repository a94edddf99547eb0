import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { numericClass, startExecutor } from '@tessera/onnx';
import { temporaryFolder } from '../../support/temporary-folder.js';

async function classWith(threads: number): Promise<string> {
  const executor = await startExecutor({ device: 'cpu', threads });
  try {
    return await numericClass(executor);
  } finally {
    await executor.close();
  }
}

test('it names provider and version, and is equal for any number of threads', async () => {
  const one = await classWith(1);
  assert.match(one, /^cpu-\d+\.\d+\.\d+-[0-9a-f]{12}$/);
  assert.equal(await classWith(2), one);
  assert.equal(await classWith(4), one);
});

test('it is equal in another process', async () => {
  using folder = temporaryFolder();
  const script = join(folder.path, 'numeric-class.mjs');
  writeFileSync(
    script,
    `import { numericClass, startExecutor } from ${JSON.stringify(import.meta.resolve('@tessera/onnx'))};
    const executor = await startExecutor({ device: 'cpu', threads: 1 });
    console.log(await numericClass(executor));
    await executor.close();`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  assert.equal(stdout.trim(), await classWith(1));
});
