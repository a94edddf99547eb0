import type { GenerateRequest } from '@tessera/proto';
import { startNatsCluster } from '../../support/nats-cluster.js';
import { measureOutage, type OutageResult, outagesOf, view } from '../../support/nats-outage.js';
import { anyNatsProgram } from '../../support/nats-server.js';
import type { AcceptancePoint } from '../point.js';

const LASTS = { stoppedMs: 30_000, otherMs: 15_000 };
/** Beyond the outage, so that what runs outlasts it. */
const MARGIN_MS = 8_000;
const MOST_STEPS = 1_000;
const PACE_STEPS = 60;
const REFUSED_WITHIN_MS = 1_000;
const BACK_WITHIN_MS = 5_000;
/** A step here takes some tens of milliseconds. */
const LONGEST_PAUSE_MS = 1_000;

export const natsAwayPoint: AcceptancePoint = {
  id: 'survival.7',
  title: 'NATS stopped, killed, parted: what runs goes on, new requests hear at once, events resume',
  run: async (seed) => {
    const program = anyNatsProgram();
    if (program === undefined) throw new Error('no nats-server');
    await using cluster = await startNatsCluster(program);
    const outages = outagesOf(cluster, LASTS);
    const [gateway] = cluster.gateways;
    if (gateway === undefined) throw new Error('a cluster without gateways');

    const alone = async (request: GenerateRequest) => {
      const { error, sha256 = '' } = await view(gateway.client, request, () => {}).ended;
      if (error !== undefined) throw new Error(error);
      return sha256;
    };
    const request = { prompt: 'a red apple', scheduler: 'euler-ancestral', keepFor: { seconds: 60 }, seed };
    const beganMs = performance.now();
    await alone({ ...request, steps: PACE_STEPS });
    const stepMs = (performance.now() - beganMs) / PACE_STEPS;
    const requestsFor = (lastsMs: number): readonly GenerateRequest[] => {
      const count = Math.ceil((lastsMs + MARGIN_MS) / (MOST_STEPS * stepMs));
      const steps = Math.min(MOST_STEPS, Math.ceil((lastsMs + MARGIN_MS) / (count * stepMs)));
      return Array.from({ length: count }, (_, i) => ({ ...request, seed: seed + i, steps }));
    };

    const undisturbed = new Map<string, string>();
    const results: OutageResult[] = [];
    let equal = 0;
    let compared = 0;
    for (const outage of outages) {
      const requests = requestsFor(outage.lastsMs);
      for (const one of requests) {
        const key = JSON.stringify(one);
        if (!undisturbed.has(key)) undisturbed.set(key, await alone(one));
      }
      const result = await measureOutage(cluster, outage, requests);
      for (const one of requests) {
        compared += 1;
        if (result.imageSha256[Number(one.seed)] === undisturbed.get(JSON.stringify(one))) equal += 1;
      }
      results.push(result);
      console.error(JSON.stringify(result));
    }
    return {
      value: { server: program.version, stepMs, bitEqual: `${equal} of ${compared}`, outages: results },
      limit: {
        slowestRefusalMs: REFUSED_WITHIN_MS,
        durableAfterMs: BACK_WITHIN_MS,
        acceptedAfterMs: BACK_WITHIN_MS,
        longestPauseMs: LONGEST_PAUSE_MS,
        failed: 0,
        bitEqual: 'all',
      },
      pass: equal === compared && results.every(holds),
    };
  },
};

function holds({ refused, otherwise, failed, ...measured }: OutageResult): boolean {
  return (
    refused > 0 &&
    otherwise.length === 0 &&
    failed.length === 0 &&
    measured.slowestRefusalMs <= REFUSED_WITHIN_MS &&
    measured.durableAfterMs <= BACK_WITHIN_MS &&
    measured.acceptedAfterMs.every((ms) => ms <= BACK_WITHIN_MS) &&
    measured.longestPauseMs <= LONGEST_PAUSE_MS
  );
}
