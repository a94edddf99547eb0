import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { callStream, tesseraV1 } from '@tessera/proto';
import { connectChannel } from '@tessera/runtime';
import { healthClient } from '../../support/health-client.js';

const SERVICE = 'tessera.v1.DenoiserService';

/** @param runMs how long its one run takes, of which the forecast is 10 ms and 20 forecasts are the limit. */
async function startHanging(t: TestContext, runMs: number) {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'hanging-worker.js'), String(runMs)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit').then(() => child.exitCode);
  if (child.stdout === null) throw new Error('it has a stdout');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { listening } = JSON.parse(line);
  const health = healthClient(listening);
  const channel = connectChannel(listening);
  t.after(async () => {
    health.close();
    channel.close();
    child.kill('SIGKILL');
    await ended;
  });
  return { health, channel, ended };
}

/** What never happens fails instead of being waited for. */
const inTime = { timeout: 10_000 };

test(
  'a worker whose run hangs is alive and not ready, and ready again when the run ends after all',
  inTime,
  async (t) => {
    const { health } = await startHanging(t, 900);
    const states: string[] = [];
    for await (const status of health.watch(SERVICE)) {
      states.push(status);
      assert.equal(await health.check(''), 'SERVING', 'its loop turns');
      if (states.filter((state) => state === 'SERVING').length === 2) break;
    }
    assert.deepEqual(states, ['NOT_SERVING', 'SERVING', 'NOT_SERVING', 'SERVING']);
  },
);

test('its beats say that it hangs, and what its run should take', inTime, async (t) => {
  const { channel } = await startHanging(t, 900);
  const states = new Set<string>();
  for await (const { state, load } of callStream(channel.client(tesseraV1.WorkerService).watch({}))) {
    states.add(state);
    if (state === 'WORKER_STATE_HUNG') assert.equal(load?.runForecastMs, 10);
    if (state === 'WORKER_STATE_READY' && states.has('WORKER_STATE_HUNG')) break;
  }
  assert.deepEqual([...states], ['WORKER_STATE_STARTING', 'WORKER_STATE_READY', 'WORKER_STATE_HUNG']);
});

test('a run that does not end ends the worker, for its supervisor to start another', inTime, async (t) => {
  const { ended } = await startHanging(t, 3_600_000);
  assert.equal(await ended, 1);
});
