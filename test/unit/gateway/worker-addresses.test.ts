import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchWorkerAddresses } from '@tessera/gateway';

test('addresses stand for themselves and are told once', async () => {
  const sets: ReadonlySet<string>[] = [];
  const { signal } = new AbortController();
  for await (const set of watchWorkerAddresses(['127.0.0.1:1', '[::1]:2'], signal)) sets.push(set);
  assert.deepEqual(sets, [new Set(['127.0.0.1:1', '[::1]:2'])]);
});

test('a name is resolved again and again, and keeps its addresses while it cannot be', async () => {
  const answers: (readonly string[] | Error)[] = [['10.0.0.1'], new Error('away'), ['10.0.0.1', '10.0.0.2', '::3']];
  const controller = new AbortController();
  const resolve = async () => {
    const answer = answers.shift() ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const sets: ReadonlySet<string>[] = [];
  for await (const set of watchWorkerAddresses(['workers:9', '127.0.0.1:1'], controller.signal, resolve, 1)) {
    sets.push(set);
    if (sets.length === 3) controller.abort();
  }
  assert.deepEqual(sets, [
    new Set(['10.0.0.1:9', '127.0.0.1:1']),
    new Set(['10.0.0.1:9', '10.0.0.2:9', '127.0.0.1:1', '[::3]:9']),
    new Set(['127.0.0.1:1']),
  ]);
});
