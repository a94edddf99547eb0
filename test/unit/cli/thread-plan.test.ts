import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planThreads } from '@tessera/cli';

const one = { textEncoders: 1, denoisers: 1, decoders: 1 };

test('the denoisers share all cores; the stages that run once get one thread', () => {
  assert.deepEqual(planThreads(8, one), { textEncoder: 1, denoiser: 8, decoder: 1 });
  assert.deepEqual(planThreads(8, { ...one, denoisers: 4 }), { textEncoder: 1, denoiser: 2, decoder: 1 });
  assert.deepEqual(planThreads(16, { ...one, denoisers: 3 }), { textEncoder: 1, denoiser: 5, decoder: 1 });
});

test('the denoisers together stay within the cores wherever one thread each does', () => {
  for (let cores = 1; cores <= 64; cores += 1) {
    for (let denoisers = 1; denoisers <= 8; denoisers += 1) {
      const total = denoisers * planThreads(cores, { ...one, denoisers }).denoiser;
      assert.ok(total <= Math.max(cores, denoisers), `${cores} cores, ${denoisers} denoisers: ${total} threads`);
    }
  }
});

test('a number that was asked for holds for every worker', () => {
  assert.deepEqual(planThreads(2, one, 5), { textEncoder: 5, denoiser: 5, decoder: 5 });
});
