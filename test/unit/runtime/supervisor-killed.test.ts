import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const EXAMPLE = fileURLToPath(new URL('example-process.js', import.meta.url));

const SUPERVISOR = `
  const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(EXAMPLE)}, 'wait'], {
    stdio: ['pipe', 'inherit', 'ignore'],
    env: { ...process.env, TESSERA_SUPERVISED: '1' },
  });
  setInterval(() => {}, 1000);
`;

test('kill -9 of a supervisor ends what it supervised', { timeout: 20_000 }, async (t) => {
  const supervisor = spawn(process.execPath, ['-e', SUPERVISOR], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => supervisor.kill('SIGKILL'));
  // The supervised process holds the same stdout, which closes when both have ended.
  const bothEnded = once(supervisor, 'close');
  const [line] = await once(createInterface({ input: supervisor.stdout }), 'line');
  assert.notEqual(JSON.parse(line).pid, supervisor.pid);
  supervisor.kill('SIGKILL');
  await bothEnded;
});
