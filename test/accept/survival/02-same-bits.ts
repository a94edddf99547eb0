import { connect, type GenerationRequestInput, type TesseraClient } from '@tessera/client';
import { type DurableCluster, startDurableCluster } from '../../support/durable-cluster.js';
import { mixedRequests } from '../../support/mixed-requests.js';
import { percentile } from '../../support/percentile.js';
import { seededRandom } from '../../support/seeded-random.js';
import { type Viewed, viewed } from '../../support/viewed.js';
import type { AcceptancePoint } from '../point.js';

const GENERATIONS = 100;
const PARTS = 5;
/** Generations that one kill meets. */
const AT_ONCE = 5;
const STEPS = 60;
const LEASE_MS = 6_000;

/** In parts that a machine may be had for: `survival.2` is all of them, each with its own cluster and its own bound. */
export const sameBitsPoints: readonly AcceptancePoint[] = Array.from({ length: PARTS }, (_, part) => {
  const count = GENERATIONS / PARTS;
  return {
    id: `survival.2.${part + 1}`,
    title: `a gateway or a denoiser killed at a random step: the bits of the undisturbed run, ${count} of ${GENERATIONS}`,
    run: (seed: number) =>
      sameBits(mixedRequests(GENERATIONS, STEPS, seed).slice(part * count, (part + 1) * count), seed + part),
  };
});

async function sameBits(requests: readonly GenerationRequestInput[], seed: number) {
  await using durable = await startDurableCluster(['--denoisers', '2']);
  const random = seededRandom(seed);
  const undisturbed: Viewed[] = [];
  const disturbed: Viewed[] = [];
  const gapsMs: number[] = [];
  for (let from = 0; from < requests.length; from += AT_ONCE) {
    const some = requests.slice(from, from + AT_ONCE);
    undisturbed.push(...(await Promise.all(some.map((request) => viewed(durable.client, request)))));
    const victim = ['gateway', 'denoiser-1', 'gateway', 'denoiser-2'][(from / AT_ONCE) % 4] ?? 'gateway';
    const views = await killedOnce(durable, some, victim, Math.floor(random() * STEPS * 0.8));
    disturbed.push(...views);
    if (victim === 'gateway') gapsMs.push(...views.map(({ longestGapMs, stepMs }) => longestGapMs - 2 * stepMs));
    console.error(
      `${disturbed.length} of ${requests.length}: ${victim}, ${views.map(({ failure }) => failure ?? 'ok')}, ` +
        `gaps ${views.map(({ longestGapMs }) => Math.round(longestGapMs))}`,
    );
    await durable.whole();
  }
  const equal = disturbed.filter(({ hashes }, i) => hashes !== '' && hashes === undisturbed[i]?.hashes).length;
  const repeated = disturbed.reduce((sum, view) => sum + view.repeated, 0);
  const failures = [...undisturbed, ...disturbed].flatMap(({ failure }) => failure ?? []);
  const gapP95Ms = percentile(gapsMs, 0.95);
  return {
    value: { equal, repeated, failures, gapBeyondTwoStepsP95Ms: Math.round(gapP95Ms), gaps: gapsMs.map(Math.round) },
    limit: { equal: requests.length, repeated: 0, gapBeyondTwoStepsP95Ms: LEASE_MS },
    pass: equal === requests.length && repeated === 0 && gapP95Ms <= LEASE_MS,
  };
}

/** Runs these through one gateway, and kills it, or a denoiser, once one of them is at the step. */
async function killedOnce(
  durable: DurableCluster,
  requests: readonly GenerationRequestInput[],
  victim: string,
  stepIndex: number,
): Promise<readonly Viewed[]> {
  const pids = await durable.pids();
  const { addresses } = durable.cluster;
  const running = addresses[Math.floor(stepIndex) % addresses.length] ?? '';
  const pid = pids.get(victim === 'gateway' ? `gateway ${running}` : victim);
  if (pid === undefined) throw new Error(`there is no ${victim}`);
  let killed = false;
  const clients: TesseraClient[] = [];
  const views = requests.map((request) => {
    // The first of its addresses is asked first.
    const client = connect({
      address: [running, ...addresses.filter((address) => address !== running)],
      spread: false,
    });
    clients.push(client);
    return viewed(client, request, (event) => {
      if (killed || event.type !== 'progress' || event.stepIndex < Math.min(stepIndex, event.steps - 2)) return;
      killed = true;
      process.kill(pid, 'SIGKILL');
    });
  });
  const seen = await Promise.all(views);
  for (const client of clients) client.close();
  if (!killed) throw new Error('nothing was killed');
  return seen;
}
