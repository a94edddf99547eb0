import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallQueue, type Handover, WorkerCosts } from '@tessera/gateway';

type Link = Handover['worker'];

/** What the queue needs to know of a denoiser. */
function fakeLink(): Link {
  let inFlight = 0;
  const link = {
    address: '127.0.0.1:1',
    description: { numericClass: 'c' },
    costs: new WorkerCosts([{ batchSize: 1, ms: 10 }]),
    get inFlight() {
      return inFlight;
    },
    get load() {
      return inFlight;
    },
    occupy(evaluations: number) {
      inFlight += evaluations;
      return () => {
        inFlight -= evaluations;
      };
    },
  };
  return link as unknown as Link;
}

const place = { modelSha256: 'm', numericClass: 'c', evaluations: 1, tenant: 't', weight: 1, priority: 5 };

/** Calls on one denoiser; `log` names those that were handed over, in order. */
function oneDenoiser() {
  const link = fakeLink();
  const queue = new CallQueue({ denoisers: () => [link], workerWaitMs: 60_000, fairOrder: true });
  const log: string[] = [];
  const ask = (name: string, remainingEvaluations: number, alone = false, signal = new AbortController().signal) => {
    const handed = queue.place({ ...place, remainingEvaluations, alone }, new Set(), signal);
    handed.then(
      () => log.push(name),
      () => {},
    );
    return handed;
  };
  return { ask, log };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('calls that must be alone get the denoiser one after the other, whichever of them is first by then', async () => {
  const { ask, log } = oneDenoiser();
  const running = await ask('running', 20);
  const long = ask('long', 10, true);
  // It comes later and is before the other in the order.
  const short = ask('short', 5, true);
  const plain = ask('plain', 1);
  await turn();
  assert.deepEqual(log, ['running']);
  running.vacate();
  (await short).vacate();
  // The order between them and the others stays that of the policy: least work left first.
  (await plain).vacate();
  await long;
  assert.deepEqual(log, ['running', 'short', 'plain', 'long']);
});

test('a call that gives up waiting to be alone keeps the denoiser from nobody', async () => {
  const { ask, log } = oneDenoiser();
  const running = await ask('running', 20);
  const controller = new AbortController();
  const given = ask('given up', 10, true, controller.signal);
  const plain = ask('plain', 1);
  await turn();
  assert.deepEqual(log, ['running']);
  controller.abort(new Error('given up'));
  await assert.rejects(given, /given up/);
  running.vacate();
  await plain;
  assert.deepEqual(log, ['running', 'plain']);
});
