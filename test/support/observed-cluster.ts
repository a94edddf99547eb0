import { connect, type GenerationRequestInput, type TesseraClient, TesseraError } from '@tessera/client';
import { startCluster } from './cluster.js';
import { startOtlpReceiver } from './otlp-receiver.js';
import { type Sample, samplesOf, scrape } from './scrape.js';

export interface Observed {
  /** Of every process, by its name. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  /** All that was told anywhere: scrapes, logs at level debug, traces. */
  readonly told: readonly { readonly where: string; readonly text: string }[];
  /** How each way that ended ended. */
  readonly endings: Readonly<Record<string, string>>;
}

const STEPS = 12;
const LONGEST_PROMPT = 4_096;

/**
 * A whole cluster, with everything on that tells of it, under a load that goes
 * every way to an ending.
 *
 * @param secret is in each prompt.
 */
export async function observeLoad(secret: string): Promise<Observed> {
  await using receiver = await startOtlpReceiver();
  const flags = ['--metrics-listen', '127.0.0.1:0', '--log-level', 'debug', '--denoisers', '2'];
  const cluster = await startCluster(flags, receiver.environment);
  let log = '';
  cluster.process.stderr?.on('data', (text: string) => {
    log += text;
  });
  const client = connect({ address: cluster.address });
  try {
    const victim = cluster.workers.find(({ stage }) => stage === 'denoiser');
    const endings = await everyEnding(client, secret, victim?.pid ?? Number.NaN);
    // The one that was killed has another process, which knows nothing.
    const others = Object.entries(cluster.metrics).filter(([name]) => name !== victim?.id);
    const scrapes = await Promise.all(others.map(async ([name, address]) => [name, await scrape(address)] as const));
    client.close();
    await cluster.stop();
    return {
      samples: new Map(scrapes.map(([name, text]) => [name, samplesOf(text)])),
      told: [
        ...scrapes.map(([name, text]) => ({ where: `metrics of ${name}`, text })),
        { where: 'log', text: log },
        ...receiver.bodies.map((body) => ({ where: 'traces', text: body.toString('latin1') })),
      ],
      endings,
    };
  } finally {
    client.close();
    await cluster.stop();
  }
}

async function everyEnding(
  client: TesseraClient,
  secret: string,
  victimPid: number,
): Promise<Readonly<Record<string, string>>> {
  const prompt = `a red ${secret}`;
  const request = { prompt, negativePrompt: `no ${secret}`, steps: STEPS, preview: { everySteps: 1 } };
  const endings: Record<string, string> = {};
  const end = async (way: string, more: GenerationRequestInput | object = {}, at?: AtStep) => {
    endings[way] = await endingOf(client, { ...request, ...more } as GenerationRequestInput, at);
  };
  // Enough that some wait, and are told how long.
  await Promise.all(Array.from({ length: 12 }, (_, seed) => end(`completed ${seed}`, { seed })));
  await end('large', { width: 192, height: 128 });
  await end('several', { count: 2 });
  await end('wrong number', { steps: -1 });
  await end('long prompt', { prompt: prompt.repeat(LONGEST_PROMPT) });
  await end('wrong model', { model: 'nothing-of-that-name' });
  await end('wrong scheduler', { scheduler: secret });
  await end('no time', { steps: 1_000, timeLimitMs: 50 });
  await end('cancelled', { steps: 500 }, (generationId) => client.cancel(generationId));
  await end('left', { steps: 500, keepForMs: 0 }, () => 'leave');
  await end('denoiser killed', { steps: 40 }, () => void process.kill(victimPid, 'SIGKILL'));
  return endings;
}

type AtStep = (generationId: string) => unknown;

/** @param at is called once, at the third step. */
async function endingOf(client: TesseraClient, request: GenerationRequestInput, at?: AtStep): Promise<string> {
  const leave = new AbortController();
  let called = false;
  try {
    let last = '';
    for await (const event of client.generate(request, { signal: leave.signal })) {
      last = event.type;
      if (at === undefined || called || event.type !== 'progress' || event.stepIndex < 2) continue;
      called = true;
      if ((await at(event.generationId)) === 'leave') leave.abort();
    }
    return last;
  } catch (thrown) {
    return leave.signal.aborted ? 'left' : TesseraError.from(thrown).code;
  }
}
