import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SupervisedProcess } from '@tessera/cli';
import { accepts } from '../../support/processes.js';

const script = join(dirname(fileURLToPath(import.meta.url)), 'fake-service-process.js');
const GRACE_MS = 5_000;

const start = (behaviour: string, onLog: (text: string) => void = () => {}) =>
  new SupervisedProcess(
    { name: 'denoiser-1', script, args: [behaviour], listen: '127.0.0.1:0', environment: process.env },
    ({ text }) => onLog(text),
  );

test('it tells where it listens and when it is ready, and ends when its pipe closes', async () => {
  const supervised = start('serve');
  assert.equal(await supervised.listening, '127.0.0.1:4321');
  await supervised.ready;
  await supervised.stop(GRACE_MS);
  assert.equal(await accepts('127.0.0.1:4321'), false);
});

for (const [exitCode, code] of [
  [2, 'invalid_argument'],
  [3, 'unavailable'],
] as const) {
  test(`exit code ${exitCode} is final, and its last error is passed on`, async () => {
    const supervised = start(String(exitCode));
    await assert.rejects(supervised.failure, { code, message: 'denoiser-1: cannot work with 127.0.0.1:0' });
    await supervised.stop(GRACE_MS);
  });
}

test('a crash loop is given up with the count and the last error', async () => {
  const restarts: string[] = [];
  const supervised = start('1', (text) => void (text.startsWith('ended with') && restarts.push(text)));
  await assert.rejects(supervised.failure, {
    code: 'internal',
    message: 'denoiser-1 ended 5 times right after its start, last with exit code 1: cannot work with 127.0.0.1:0',
  });
  assert.equal(restarts.length, 4);
  await supervised.stop(GRACE_MS);
});
