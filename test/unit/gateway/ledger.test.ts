import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEDGER_KINDS } from '@tessera/gateway';
import { deferred } from '../../support/deferred.js';
import { eventually } from '../../support/processes.js';
import { isOn } from '../../support/protections.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, startTestGateway, type TestGateway, until } from './test-gateway.js';

const request = { prompt: 'a', steps: 3, preview: { everySteps: 1 } };

/** A generation that this gateway has begun, whose denoiser answers when it is let go. */
async function begun({ client }: TestGateway, more: object = {}) {
  const events = generated(client, { ...request, ...more });
  const { generationId } = await until(events, 'started');
  return { events, generationId };
}

async function unreleased({ client }: TestGateway): Promise<readonly string[]> {
  const { gateways } = await asked(client, 'getClusterStatus', {});
  const counts = gateways[0]?.ledger ?? [];
  return counts.filter(({ taken, released }) => taken !== released).map(({ kind }) => kind);
}

async function assertReleased(cluster: TestGateway, how: string): Promise<void> {
  const nothingHeld = async () => (await unreleased(cluster)).length === 0;
  if (!(await eventually(nothingHeld, 2_000))) assert.fail(`${how}: still held are ${await unreleased(cluster)}`);
}

test('everything that was taken is given back: completed, cancelled, left, out of time, failed', async (t) => {
  let gate = deferred();
  gate.resolve();
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: () => gate.promise });
  let broken = false;
  const failure = () => (broken ? { code: 3, details: 'a latent that no decoder takes' } : undefined);
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t, { failure })];
  const cluster = await startTestGateway(t, workers, {
    protections: { releasesPlaces: isOn('places-are-released') },
  });

  await all(generated(cluster.client, request));
  await assertReleased(cluster, 'completed');

  gate = deferred();
  const cancelled = await begun(cluster);
  await asked(cluster.client, 'cancel', { generationId: cancelled.generationId });
  assert.equal((await all(cancelled.events)).at(-1)?.type, 'cancelled');
  await assertReleased(cluster, 'cancelled');

  const left = await begun(cluster);
  await left.events.return();
  await assertReleased(cluster, 'left');

  const outOfTime = await begun(cluster, { timeLimit: { seconds: 0, nanos: 100_000_000 } });
  await assert.rejects(all(outOfTime.events), { code: 'deadline_exceeded' });
  await assertReleased(cluster, 'out of time');

  broken = true;
  gate.resolve();
  await assert.rejects(all(generated(cluster.client, request)), { code: 'invalid_argument' });
  await assertReleased(cluster, 'failed');

  const taken = cluster.gateway.ledger.counts().filter((count) => count.taken > 0);
  assert.deepEqual(
    taken.map(({ kind }) => kind),
    [...LEDGER_KINDS],
  );
});
