import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { type TestContext, test } from 'node:test';
import type { ModelCard } from '@tessera/core';
import type { Protections } from '@tessera/gateway';
import { eventFromBytes, type GenerateRequest, type Pacing } from '@tessera/proto';
import { type Deferred, deferred } from '../../support/deferred.js';
import { eventually } from '../../support/processes.js';
import { isOn } from '../../support/protections.js';
import { RawViewer } from '../../support/raw-viewer.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder, tinyCard } from './fake-workers.js';
import { all, asked, startTestGateway, watched } from './test-gateway.js';

/** 256×256 pixels that no format makes small: one preview is more than HTTP/2's first window of 64 KiB. */
const card: ModelCard = {
  ...tinyCard,
  latentFormat: { ...tinyCard.latentFormat, spatialCompression: 64 },
  defaults: { ...tinyCard.defaults, width: 256, height: 256, steps: 12, guidanceScale: 1 },
};
const STEPS = card.defaults.steps;

/** A cluster whose denoiser waits for the preview of each step, and stands still before the last step until it is let go. */
async function startCluster(t: TestContext, protections: Partial<Protections>, viewerPacing: Pacing) {
  const letGo: Deferred<void> = deferred();
  const previewed = Array.from({ length: STEPS }, () => deferred());
  const beforeAnswer = async (n: number) => {
    if (n >= 2) await previewed[n - 2]?.promise;
    if (n === STEPS - 1) await letGo.promise;
  };
  const workers = [
    await startFakeTextEncoder(t, { card }),
    await startFakeDenoiser(t, { card, beforeAnswer }),
    await startFakeDecoder(t, { card }),
  ];
  const cluster = await startTestGateway(t, workers, { protections, viewerPacing });
  const hearPreviews = async () => {
    for await (const { payload } of cluster.bus.live.subscribe('gen.*.live.*', new AbortController().signal)) {
      const event = eventFromBytes(payload);
      if (event?.type === 'preview') previewed[event.stepIndex]?.resolve();
    }
  };
  void hearPreviews();
  const viewer = (more: GenerateRequest = {}) => {
    const opened = new RawViewer(cluster.address, { ...request, ...more });
    t.after(() => opened.close());
    return opened;
  };
  const stoppedBeforeLast = () => Promise.all(previewed.slice(0, STEPS - 2).map(({ promise }) => promise));
  return { ...cluster, viewer, letGo: letGo.resolve, stoppedBeforeLast };
}

const request = { prompt: 'a', preview: { everySteps: 1, decoded: true, format: 'IMAGE_FORMAT_PNG' } } as const;

/** The only generation there is. */
async function onlyGeneration({ client }: Awaited<ReturnType<typeof startCluster>>) {
  const { generations } = await asked(client, 'listGenerations', {});
  return generations[0];
}

function streamsOpen({ gateway }: Awaited<ReturnType<typeof startCluster>>): number {
  const streams = gateway.ledger.counts().find(({ kind }) => kind === 'streams');
  return (streams?.taken ?? 0) - (streams?.released ?? 0);
}

test('a viewer that stops reading is written one message at a time', async (t) => {
  const protections = { obeysFlowControl: isOn('writes-obey-flow-control') };
  const cluster = await startCluster(t, protections, { unreadMs: 60_000 });
  const viewer = cluster.viewer();
  await cluster.stoppedBeforeLast();
  cluster.letGo();
  const { events } = await viewer.readAll();
  const previews = events.filter((event) => event.type === 'preview');
  assert.equal(events.at(-1)?.type, 'completed');
  // The one that was on its way, then the newest when that was read.
  assert.equal(previews[0]?.stepIndex, 0);
  assert.ok((previews[1]?.stepIndex ?? 0) >= STEPS - 3, `step ${previews[1]?.stepIndex} was sent too`);
  assert.equal(previews.at(-1)?.stepIndex, STEPS - 1);
  assert.equal(previews.length + Number(previews.at(-1)?.superseded), STEPS);
});

test('a viewer that stops reading is closed with a status, and counts as having left', async (t) => {
  const protections = { closesSlowViewers: isOn('slow-viewers-are-closed') };
  const cluster = await startCluster(t, protections, { unreadMs: 100, resetAfterMs: 60_000 });
  const viewer = cluster.viewer();
  const isCancelled = async () => (await onlyGeneration(cluster))?.state === 'GENERATION_STATE_CANCELLED';
  assert.ok(await eventually(isCancelled, 2_000));
  const { error } = await viewer.readAll();
  assert.deepEqual([error?.code, error?.reason], ['resource_exhausted', 'SLOW_VIEWER']);
});

test('a viewer that does not read its status either is cut off: nothing is held for it any more', async (t) => {
  const cluster = await startCluster(t, {}, { unreadMs: 100, resetAfterMs: 100 });
  const viewer = cluster.viewer();
  assert.ok(await eventually(() => streamsOpen(cluster) === 1, 2_000));
  assert.ok(await eventually(() => streamsOpen(cluster) === 0, 2_000));
  // gRPC reads this as RESOURCE_EXHAUSTED.
  assert.equal((await viewer.readAll()).resetCode, constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

test('the result of a generation whose viewer was closed stays fetchable while it is kept', async (t) => {
  const cluster = await startCluster(t, {}, { unreadMs: 100, resetAfterMs: 100 });
  cluster.viewer({ keepFor: { seconds: 60 } });
  await cluster.stoppedBeforeLast();
  assert.ok(await eventually(() => streamsOpen(cluster) === 0, 2_000));
  const generationId = (await onlyGeneration(cluster))?.generationId ?? '';
  cluster.letGo();
  const seen = await all(watched(cluster.client, { generationId }));
  assert.equal(seen.at(-1)?.type, 'completed');
});
