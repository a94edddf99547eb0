import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Solitude } from '@tessera/denoiser';
import { deferred } from '../../support/deferred.js';

test('who is to be alone waits for all before, and holds up all that come after', async () => {
  const solitude = new Solitude();
  const log: string[] = [];
  const ends = new Map(['a', 'b', 'alone', 'second alone', 'c'].map((name) => [name, deferred()]));
  const act = (name: string) => async () => {
    log.push(`+${name}`);
    await ends.get(name)?.promise;
    log.push(`-${name}`);
  };
  const end = async (name: string) => {
    ends.get(name)?.resolve();
    for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const all = [solitude.together(act('a')), solitude.together(act('b')), solitude.alone(act('alone'))];
  all.push(solitude.together(act('c')), solitude.alone(act('second alone')));
  assert.deepEqual(log, ['+a', '+b']);
  await end('b');
  assert.deepEqual(log, ['+a', '+b', '-b']);
  await end('a');
  assert.deepEqual(log.slice(3), ['-a', '+alone']);
  await end('alone');
  assert.deepEqual(log.slice(5), ['-alone', '+c']);
  await end('c');
  assert.deepEqual(log.slice(7), ['-c', '+second alone']);
  await end('second alone');
  await Promise.all(all);
});

test('one that fails alone holds nobody up', async () => {
  const solitude = new Solitude();
  const failing = solitude.alone(async () => {
    throw new Error('x');
  });
  const after = solitude.together(async () => 'ran');
  await assert.rejects(failing, /x/);
  assert.equal(await after, 'ran');
});
