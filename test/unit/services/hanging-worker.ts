import { setTimeout as delay } from 'node:timers/promises';
import { type ProgramLoad, runMain, serveWorker, type WorkerProgram, type WorkerSettings } from '@tessera/runtime';
import { isOn } from '../../support/protections.js';

/**
 * A denoiser of which nothing is real but its life: it loads for some time,
 * then a run of a forecast of 10 ms begins, which takes as long as the argument says
 * (milliseconds).
 */
const runMs = Number(process.argv[2]);
const LOAD_MS = 700;

const settings: WorkerSettings = {
  stage: 'denoiser',
  id: 'hanging',
  listen: '127.0.0.1:0',
  graceMs: 0,
  models: [],
  home: '',
  device: 'cpu',
  threads: 1,
};

async function startHangingProgram(): Promise<WorkerProgram> {
  await delay(LOAD_MS);
  const endsAtMs = performance.now() + runMs;
  const load = (): ProgramLoad => {
    const ended = performance.now() >= endsAtMs;
    return {
      waiting: 0,
      running: ended ? 0 : 1,
      busy: 1,
      forecastMs: 10,
      evaluationsStarted: 1,
      evaluationsCompleted: ended ? 1 : 0,
    };
  };
  return {
    models: [],
    device: 'cpu',
    numericClass: 'none',
    threads: 1,
    evaluationCosts: [],
    failed: new Promise(() => {}),
    load,
    close: async () => {},
  };
}

await runMain('denoiser', (context) =>
  serveWorker(
    {
      settings,
      start: startHangingProgram,
      handlers: () => ({ Predict: () => {} }),
      runWatchLimits: { hungForecasts: 20, hungAtLeastMs: 0, stuckWaits: 10, checkEveryMs: 20 },
      protections: { readinessNeedsProgress: isOn('readiness-needs-progress') },
    },
    context,
  ),
);
