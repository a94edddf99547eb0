import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { createLogger, serveWorker, type WorkerProgram, type WorkerSettings } from '@tessera/runtime';

const settings: WorkerSettings = {
  stage: 'denoiser',
  id: 'denoiser-1',
  listen: '127.0.0.1:0',
  graceMs: 1000,
  models: [],
  home: '',
  device: 'cpu',
  threads: 1,
};

/** Serves nothing and fails with this. */
function failingProgram(failure: Error): WorkerProgram & { readonly closed: boolean } {
  let closed = false;
  return {
    models: [],
    device: 'cpu',
    numericClass: 'none',
    threads: 1,
    evaluationCosts: [],
    failed: Promise.resolve(failure),
    load: () => ({
      waiting: 0,
      running: 0,
      busy: 0,
      forecastMs: undefined,
      evaluationsStarted: 0,
      evaluationsCompleted: 0,
    }),
    async close() {
      closed = true;
    },
    get closed() {
      return closed;
    },
  };
}

const context = { signal: new AbortController().signal, log: createLogger('test', 'silent') };
const handlers = () => ({ Predict: () => {} });

test('a worker whose executor fails ends with that failure', async () => {
  const failure = new TesseraError('internal', 'the executor failed');
  const program = failingProgram(failure);
  await assert.rejects(serveWorker({ settings, start: async () => program, handlers }, context), failure);
  assert.ok(program.closed);
});

test('a worker that cannot start ends with the reason', async () => {
  const failure = new TesseraError('unavailable', 'device cuda:0 is not available');
  const start = () => Promise.reject(failure);
  await assert.rejects(serveWorker({ settings, start, handlers }, context), failure);
});
