import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { connect } from '@tessera/client';
import { startCluster } from './cluster.js';
import type { NatsProgram } from './nats-server.js';
import { type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.js';

export interface FailoverTrace {
  readonly generationId: string;
  /** Of the gateway that was killed while it held the lease. */
  readonly killed: string;
  readonly spans: readonly ReceivedSpan[];
}

const STEPS = 60;
/** By then checkpoints were made, and what ended before has been sent. */
const KILL_AT_STEP = 35;

/** One generation whose gateway is killed in its middle: what all processes told of it. */
export async function traceOfFailover(program: NatsProgram): Promise<FailoverTrace> {
  await using receiver = await startOtlpReceiver();
  const home = await mkdtemp(join(tmpdir(), 'tessera-trace-'));
  const PATH = [dirname(program.path), process.env.PATH].join(delimiter);
  const environment = { PATH, TESSERA_HOME: home, ...receiver.environment };
  try {
    const cluster = await startCluster(['--nats', 'auto', '--gateways', '2', '--log-level', 'warn'], environment);
    const holder = cluster.gateways.find(({ address }) => address === cluster.address);
    const client = connect({ address: cluster.addresses, spread: false });
    let generationId = '';
    let killed = false;
    try {
      const request = { prompt: 'a red apple', seed: 3, steps: STEPS, preview: { everySteps: 1 } };
      for await (const event of client.generate(request)) {
        generationId = event.generationId;
        if (killed || event.type !== 'progress' || event.stepIndex < KILL_AT_STEP) continue;
        killed = true;
        process.kill(holder?.pid ?? Number.NaN, 'SIGKILL');
      }
    } finally {
      client.close();
      // Whoever is left sends what it has.
      await cluster.stop();
    }
    return { generationId, killed: holder?.id ?? '', spans: receiver.spans };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Spans whose parent nobody told, though its process was not the one that was killed. */
export function orphansOf({ spans, killed }: FailoverTrace): readonly ReceivedSpan[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId, attributes, resource }) => {
    if (parentSpanId === '' || known.has(parentSpanId)) return false;
    // Its parent was of its own process, of the one that called it, or of the one whose work it goes on with.
    const lost = [resource['service.instance.id'], attributes['tessera.caller'], attributes['tessera.resumed_from']];
    return !lost.includes(killed);
  });
}

/** The trace as text, a line for each span: what a failing check shows. */
export function traceText(spans: readonly ReceivedSpan[]): string {
  const beganMs = Math.min(...spans.map(({ startMs }) => startMs));
  return [...spans]
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ name, spanId, parentSpanId, startMs, endMs, resource, events }) =>
      [
        `${(startMs - beganMs).toFixed(0)}–${(endMs - beganMs).toFixed(0)} ms`,
        `${resource['service.instance.id']} ${name} ${spanId} in ${parentSpanId || 'nothing'}`,
        `${events.length} events`,
      ].join(', '),
    )
    .join('\n');
}

/** What the trace of a generation that went on after its gateway was killed has to show; no complaint is left where it does. */
export function complaintsOf(trace: FailoverTrace): readonly string[] {
  const { spans, killed, generationId } = trace;
  const complaints: string[] = [];
  const claim = (holds: boolean, complaint: string) => {
    if (!holds) complaints.push(complaint);
  };
  claim(new Set(spans.map(({ traceId }) => traceId)).size === 1, 'there is more than one trace');
  claim(orphansOf(trace).length === 0, `parents were lost: ${traceText(orphansOf(trace))}`);
  const of = (name: string, isKilled: boolean) =>
    spans.filter((span) => span.name === name && (span.resource['service.instance.id'] === killed) === isKilled);
  for (const name of ['plan', 'queue', 'encode', 'checkpoint']) {
    claim(of(name, true).length > 0, `the killed gateway told no ${name}`);
  }
  for (const name of ['queue', 'encode', 'denoise', 'checkpoint', 'decode']) {
    claim(of(name, false).length > 0, `nobody else told ${name}`);
  }
  const [resumed, ...more] = of('generation', false);
  claim(resumed !== undefined && more.length === 0, 'it went on in another number of spans than one');
  claim(resumed?.attributes['tessera.generation_id'] === generationId, 'the resumed span is of another generation');
  claim(resumed?.attributes['tessera.resumed_from'] === killed, 'the resumed span does not say from whom');
  const [link] = resumed?.links ?? [];
  const before = of('plan', true)[0]?.parentSpanId;
  claim(link !== undefined && link.spanId === before, 'the resumed span is not linked to the one that was lost');
  claim(resumed?.parentSpanId === before, 'the resumed span is not within the one that was lost');
  const steps = of('denoise', false).flatMap(({ events }) => events.filter(({ name }) => name === 'step'));
  claim(steps.length > 0 && steps.length < STEPS, `the resumed part tells ${steps.length} steps`);
  const services = new Set(spans.map(({ resource }) => resource['service.name']));
  for (const kind of ['gateway', 'text-encoder', 'denoiser', 'decoder']) {
    claim(services.has(`tessera-${kind}`), `no ${kind} told anything`);
  }
  return complaints;
}
