import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, type GenerateOptions, type TesseraClient } from '@tessera/client';
import { accepted, progress, started, startFakeGenerationService } from './fake-generation-service.js';

async function withEndlessGeneration(
  run: (client: TesseraClient, cancels: string[], closed: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const cancels: string[] = [];
  let streamClosed: (value: unknown) => void = () => {};
  const closed = new Promise((resolve) => {
    streamClosed = resolve;
  });
  const service = await startFakeGenerationService({
    async *generate(_request, signal) {
      yield accepted;
      yield started;
      yield progress(0);
      if (!signal.aborted) await once(signal, 'abort');
      streamClosed(undefined);
    },
    cancel: ({ generationId }) => void cancels.push(generationId),
  });
  const client = connect({ address: service.address });
  try {
    await run(client, cancels, closed);
  } finally {
    client.close();
    service.close();
  }
}

async function leaveAtFirstStep(client: TesseraClient, options: GenerateOptions): Promise<void> {
  for await (const event of client.generate({ prompt: 'x' }, options)) {
    if (event.type === 'progress') return;
  }
}

test('leaving the loop sends Cancel, and its answer is waited for', () =>
  withEndlessGeneration(async (client, cancels, closed) => {
    await leaveAtFirstStep(client, {});
    assert.deepEqual(cancels, ['g-1']);
    await closed;
  }));

test('leaving a detached generation only closes the stream', () =>
  withEndlessGeneration(async (client, cancels, closed) => {
    await leaveAtFirstStep(client, { detach: true });
    await closed;
    assert.deepEqual(cancels, []);
  }));

test('an abort while waiting for the next event sends Cancel and throws the reason of the signal', () =>
  withEndlessGeneration(async (client, cancels) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const read = async () => {
      for await (const event of client.generate({ prompt: 'x' }, { signal: controller.signal })) {
        if (event.type === 'progress') setImmediate(() => controller.abort(reason));
      }
    };
    await assert.rejects(read(), reason);
    assert.deepEqual(cancels, ['g-1']);
  }));

test('an abort before anything was sent sends nothing', () =>
  withEndlessGeneration(async (client, cancels) => {
    const reason = new Error('too late');
    const stream = client.generate({ prompt: 'x' }, { signal: AbortSignal.abort(reason) });
    await assert.rejects(stream.next(), reason);
    assert.deepEqual(cancels, []);
  }));

test('an abort before the id is known cancels as soon as it is', async () => {
  const cancels: string[] = [];
  let asked: (value: unknown) => void = () => {};
  const requested = new Promise((resolve) => {
    asked = resolve;
  });
  let answer: (value: unknown) => void = () => {};
  const released = new Promise((resolve) => {
    answer = resolve;
  });
  const service = await startFakeGenerationService({
    async *generate(_request, signal) {
      asked(undefined);
      await released;
      yield accepted;
      if (!signal.aborted) await once(signal, 'abort');
    },
    cancel: ({ generationId }) => void cancels.push(generationId),
  });
  const client = connect({ address: service.address });
  try {
    const controller = new AbortController();
    const first = client.generate({ prompt: 'x' }, { signal: controller.signal }).next();
    first.catch(() => {});
    await requested;
    controller.abort(new Error('left'));
    answer(undefined);
    await assert.rejects(first, { message: 'left' });
    assert.deepEqual(cancels, ['g-1']);
  } finally {
    client.close();
    service.close();
  }
});
