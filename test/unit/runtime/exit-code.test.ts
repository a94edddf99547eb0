import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERROR_CODES, TesseraError } from '@tessera/core';
import { exitCodeOf } from '@tessera/runtime';

test('every failure has an exit code of the documented set', () => {
  const codes = Object.fromEntries(ERROR_CODES.map((code) => [code, exitCodeOf(new TesseraError(code, 'why'))]));
  assert.deepEqual(codes, {
    invalid_argument: 2,
    not_found: 2,
    already_exists: 2,
    permission_denied: 2,
    unauthenticated: 2,
    resource_exhausted: 3,
    failed_precondition: 2,
    unavailable: 3,
    deadline_exceeded: 1,
    cancelled: 130,
    internal: 1,
  });
});

test('an abort is an interruption, anything unknown a failure', () => {
  assert.equal(exitCodeOf(AbortSignal.abort().reason), 130);
  assert.equal(exitCodeOf(new RangeError('bug')), 1);
  assert.equal(exitCodeOf('thrown'), 1);
});
