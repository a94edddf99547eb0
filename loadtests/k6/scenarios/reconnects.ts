/** Viewers that lose their connection again and again, and watch on where they were: nothing is missing, nothing comes twice. */
import type { Client } from 'k6/net/grpc';
import { steadyArrivals } from '../lib/arrivals.ts';
import { connect, delay, newClient } from '../lib/cluster.ts';
import { type Followed, follow } from '../lib/follow.ts';
import { usualRequest } from '../lib/generate.ts';
import * as metrics from '../lib/metrics.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({ resume_gap: 1_500 });
const LOSSES = 3;
const STEPS = 30;
const KEEP_FOR_S = 15;

export const options = scenarioOptions(
  { viewers: steadyArrivals(0.2, durationMs(40), { exec: 'viewer' }) },
  { tessera_failed: ['rate==0'], tessera_resume_gap: [`p(95)<${limits.resume_gap}`] },
);

const client = newClient();

export const viewer = () =>
  counted(async () => {
    const request = { ...usualRequest(), steps: String(STEPS), keepFor: `${KEEP_FOR_S}s` };
    let followed = await losing(client, request);
    for (let losses = 1; followed.end === 'failed' && followed.generationId !== undefined; losses += 1) {
      await delay(500 * Math.random());
      const { generationId, sequence: afterSequence } = followed;
      const watch = { generationId, afterSequence };
      followed = losses < LOSSES ? await losing(client, {}, watch) : await watching(client, watch);
      metrics.resumeGap.add(followed.firstEventMs ?? followed.totalMs);
      if (losses === LOSSES) break;
    }
    metrics.failed.add(followed.end !== 'completed');
    if (followed.end === 'completed') metrics.completed.add(1);
    else console.error(`what was watched again ended ${followed.end}: ${followed.text}`);
  });

type Watch = { readonly generationId: string; readonly afterSequence: number };

/** Follows for a while and loses the connection, unless the generation ends before. */
async function losing(over: Client, request: object, watch?: Watch): Promise<Followed> {
  connect(over);
  let isOver = false;
  const stream = follow(over, request, watch === undefined ? {} : { watch }).then((followed) => {
    isOver = true;
    return followed;
  });
  await Promise.race([stream, delay(200 + 500 * Math.random())]);
  if (!isOver) over.close();
  const followed = await stream;
  if (isOver) over.close();
  return followed;
}

async function watching(over: Client, watch: Watch): Promise<Followed> {
  connect(over);
  const followed = await follow(over, {}, { watch });
  over.close();
  return followed;
}
