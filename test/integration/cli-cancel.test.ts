import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, evaluationsStarted, type JsonEvent, runTessera, startCluster } from '../support/cluster.js';
import { eventually, processesWithEnv } from '../support/processes.js';
import { passTimeLimit } from '../support/time-limit.js';

/** Many times longer than any stop below takes. */
const STEPS = '400';
const STOP_AT_STEP = 3;
/** With guidance a step is one call of two evaluations. */
const EVALUATIONS_A_CALL = 2;
const GONE_WITHIN_MS = 10_000;

let folder = '';
let cluster: Cluster;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-cancel-'));
  cluster = await startCluster();
});
after(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

const counted = async () => [...(await evaluationsStarted(cluster.address)).values()].reduce((a, b) => a + b, 0);

/** Runs until step STOP_AT_STEP, stops it, and counts what the denoisers did from then on. */
async function stopped(stop: (generationId: string, kill: (signal: NodeJS.Signals) => void) => Promise<unknown>) {
  const before = await counted();
  let steps = 0;
  let generationId = '';
  let stopping: Promise<unknown> | undefined;
  const args = ['generate', 'a rocket', '--steps', STEPS, '--guidance', '4', '--json', '--address', cluster.address];
  const result = await runTessera(args, {
    cwd: folder,
    onLine: (line, child) => {
      const event = JSON.parse(line) as JsonEvent;
      generationId = String(event.generation_id);
      if (event.type === 'progress') steps = Number(event.step_index) + 1;
      if (steps > STOP_AT_STEP) stopping ??= stop(generationId, (signal) => child.kill(signal));
    },
  });
  await stopping;
  const record = await ended(generationId);
  const { step_index: finished } = (record.result as { cancelled: { step_index: number } }).cancelled;
  const total = (await counted()) - before;
  return { result, record, finished, callsBeyond: total / EVALUATIONS_A_CALL - finished };
}

async function ended(generationId: string): Promise<JsonEvent> {
  let record: JsonEvent | undefined;
  await eventually(async () => {
    const { events } = await runTessera(['ps', '--json', '--address', cluster.address]);
    record = events.find(({ generation_id: id }) => id === generationId);
    return record?.state !== 'queued' && record?.state !== 'running';
  }, GONE_WITHIN_MS);
  assert.ok(record);
  return record;
}

test('Ctrl-C of generate cancels, ends with 130, and at most one more evaluation starts', async () => {
  const { result, record, callsBeyond } = await stopped(async (_id, kill) => kill('SIGINT'));
  assert.equal(result.code, 130);
  assert.equal(record.state, 'cancelled');
  assert.ok(callsBeyond <= 1, `${callsBeyond} calls beyond the finished steps`);
});

test('kill -9 of generate stops the work as well', async () => {
  const { record, callsBeyond } = await stopped(async (_id, kill) => kill('SIGKILL'));
  assert.equal(record.state, 'cancelled');
  assert.ok(callsBeyond <= 1, `${callsBeyond} calls beyond the finished steps`);
});

test('tessera cancel from elsewhere ends the stream of generate', async () => {
  const { result, record, callsBeyond } = await stopped((id) =>
    runTessera(['cancel', id, '--address', cluster.address]).then(({ code, stdout }) => {
      assert.equal(code, 0);
      assert.equal(stdout, 'cancelled');
    }),
  );
  assert.equal(result.events.at(-1)?.type, 'cancelled');
  assert.equal(result.code, 130);
  assert.equal(record.state, 'cancelled');
  assert.ok(callsBeyond <= 1, `${callsBeyond} calls beyond the finished steps`);
});

test('--time-limit ends with 1 and says so', async () => {
  const { code, stderr } = await passTimeLimit(cluster, folder);
  assert.equal(code, 1);
  assert.match(stderr, /deadline_exceeded/);
  await rm(join(folder, 'free.png'));
});

test('a --time-limit that cannot be met is refused at once', async () => {
  const before = await counted();
  const args = ['generate', 'a rocket', '--steps', STEPS, '--time-limit', '300ms', '--address', cluster.address];
  const { code, stderr } = await runTessera(args, { cwd: folder });
  assert.equal(code, 3);
  assert.match(stderr, /time_limit/);
  assert.equal(await counted(), before);
});

test('a stopped generation leaves no file', async () => {
  assert.deepEqual(await readdir(folder), []);
});

for (const signal of ['SIGINT', 'SIGKILL'] as const) {
  test(`an ephemeral cluster ends with its command: ${signal}`, async () => {
    const mark = `ephemeral-${signal}-${process.pid}`;
    const { code } = await runTessera(['generate', 'a rocket', '--steps', STEPS, '--json', '--ephemeral'], {
      cwd: folder,
      env: { CLUSTER_MARK: mark },
      onLine: (line, child) => {
        if ((JSON.parse(line) as JsonEvent).type === 'progress') child.kill(signal);
      },
    });
    assert.equal(code, signal === 'SIGINT' ? 130 : null);
    const gone = await eventually(() => processesWithEnv('CLUSTER_MARK', mark).length === 0, GONE_WITHIN_MS);
    assert.ok(gone, 'processes are left');
    assert.deepEqual(await readdir(folder), []);
  });
}
