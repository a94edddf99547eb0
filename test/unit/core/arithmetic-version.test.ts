import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arithmeticProbe, createTorchGenerator } from '@tessera/core';
import { sha256Of } from '../../support/goldens.js';

test('the probe is the same every time, and finite', () => {
  const bytes = arithmeticProbe();
  assert.equal(sha256Of(arithmeticProbe()), sha256Of(bytes));
  const values = new Float32Array(bytes.buffer);
  assert.ok(values.length > 64 * 80);
  assert.ok(values.every(Number.isFinite));
});

test('the probe begins with noise', () => {
  const first = new DataView(arithmeticProbe().buffer).getFloat32(0, true);
  assert.equal(first, createTorchGenerator(20_211_220).randn(9)[0]);
});
