import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission, type AdmissionSetup, elsewhereOf } from '@tessera/gateway';
import type { GatewayBeat } from '@tessera/runtime';

/** One denoiser, 10 ms an evaluation. */
const capacity = {
  evaluationMs: 10,
  describedEvaluationMs: 10,
  batchEvaluations: 1,
  costOf: ({ evaluations }: { evaluations: number }, remaining = 1) => evaluations * remaining,
  aloneMs: ({ evaluations }: { evaluations: number }) => 10 * evaluations,
};
const work = { evaluations: 10, steps: 10, inFlight: 1, decodes: 1, peakMemoryBytes: 1 };

function beat(backlogs: GatewayBeat['backlogs']): GatewayBeat {
  const idle = { running: 0, queued: 0, uptimeMs: 1, eventLoopLagP99Ms: 0, rssBytes: 0 };
  return { gatewayId: 'other', address: '', pid: 1, arithmeticVersion: '', ...idle, ...(backlogs && { backlogs }) };
}

function admissionBeside(backlogs: GatewayBeat['backlogs'], bounds: Partial<AdmissionSetup> = {}) {
  return new Admission({
    ...{
      maxQueuedMs: 1_000,
      maxQueued: 100,
      maxRunningBytes: 1_000,
      bounded: true,
      boundsRunning: true,
      fairOrder: true,
    },
    capacity: () => capacity,
    weightOf: () => 1,
    elsewhere: () => elsewhereOf([beat(backlogs)], () => 1),
    ...bounds,
  });
}

const applicant = { tenant: 'a', priority: 5, work };

test('what waits at other gateways counts for what may wait here', () => {
  const admission = admissionBeside([{ tenant: 'b', running: 0, waiting: 3, waitingWork: 95 }]);
  // Two run. Of a second of work that may wait 0.95 s wait elsewhere, and one more has 0.1 s.
  admission.reserve(applicant);
  admission.reserve(applicant);
  assert.throws(() => admission.reserve(applicant), { code: 'resource_exhausted' });
  const alone = admissionBeside([]);
  for (let i = 0; i < 3; i += 1) alone.reserve(applicant);
});

test('work of other gateways comes before the end that a time limit asks for', () => {
  const limited = { ...applicant, timeLimitMs: 250 };
  assert.throws(() => admissionBeside([{ tenant: 'a', running: 50, waiting: 0, waitingWork: 0 }]).reserve(limited), {
    code: 'resource_exhausted',
  });
  // Another tenant shares, and no more: ten evaluations of it come between.
  admissionBeside([{ tenant: 'b', running: 50, waiting: 0, waitingWork: 0 }]).reserve(limited);
});
