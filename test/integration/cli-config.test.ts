import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runTessera } from '../support/cluster.js';

let folder = '';
let file = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-config-'));
  file = join(folder, 'tessera.yaml');
  await writeFile(file, 'denoisers: 3\nthreads: 2\nlog-level: warn\n');
});
after(() => rm(folder, { recursive: true }));

test('config prints what is in force and where it came from: flag, then variable, then file, then default', async () => {
  const args = ['config', '--json', '--config', file, '--threads', '8'];
  const { code, events, stderr } = await runTessera(args, {
    env: { TESSERA_THREADS: '4', TESSERA_LOG_LEVEL: 'error' },
  });
  assert.equal(code, 0, stderr);
  const inForce = Object.fromEntries(events.map(({ setting, value, source }) => [setting, [value, source]]));
  assert.deepEqual(inForce.threads, ['8', '--threads']);
  assert.deepEqual(inForce['log-level'], ['error', 'TESSERA_LOG_LEVEL']);
  assert.deepEqual(inForce.denoisers, ['3', `${file}: denoisers`]);
  assert.deepEqual(inForce.decoders, ['1', 'default']);
});

test('an unknown key, option or value is refused by name', async () => {
  await writeFile(join(folder, 'wrong.yaml'), 'denoiserz: 3\n');
  for (const [named, args] of [
    [/denoiserz/, ['config', '--config', join(folder, 'wrong.yaml')]],
    [/--denoiserz/, ['config', '--denoiserz', '3']],
    [/--denoisers/, ['up', '--denoisers', '0']],
    [/frobnicate/, ['frobnicate']],
  ] as const) {
    const { code, stderr } = await runTessera([...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, named);
  }
});

test('every command has help with an example', async () => {
  const commands = ['up', 'generate', 'watch', 'cancel', 'ps', 'rm', 'status', 'models', 'verify', 'config', 'version'];
  for (const command of commands) {
    const { code, stdout } = await runTessera([command, '--help']);
    assert.equal(code, 0, command);
    assert.match(stdout, new RegExp(`Examples:\\n {2}\\$ .*tessera ${command}`), command);
  }
});
