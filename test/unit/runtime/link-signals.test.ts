import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { linkSignals } from '@tessera/runtime';

test('a linked signal is aborted with the reason of the first source that is', () => {
  const [a, b] = [new AbortController(), new AbortController()];
  const { signal } = linkSignals(a.signal, b.signal);
  assert.equal(signal.aborted, false);
  b.abort('b');
  a.abort('a');
  assert.deepEqual([signal.aborted, signal.reason], [true, 'b']);
  assert.equal(linkSignals(new AbortController().signal, b.signal).signal.reason, 'b');
});

test('a source keeps nothing of a signal that was unlinked or aborted', () => {
  const [a, b] = [new AbortController(), new AbortController()];
  const first = linkSignals(a.signal, b.signal);
  linkSignals(a.signal, b.signal);
  first.unlink();
  assert.equal(getEventListeners(b.signal, 'abort').length, 1);
  a.abort();
  assert.equal(getEventListeners(b.signal, 'abort').length, 0);
  assert.equal(first.signal.aborted, false);
});
