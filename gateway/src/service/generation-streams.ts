import { type GenerationEvent, type GenerationRecord, invalidField, TesseraError } from '@tessera/core';
import {
  type GenerateRequest__Output,
  type GenerateResponse,
  type GenerationRequestInput,
  previewFromWire,
  requestInputFromWire,
  type WatchRequest__Output,
  type WatchResponse,
  wireFromEvent,
} from '@tessera/proto';
import { type TraceSpan, within } from '@tessera/runtime';
import type { Gateway } from '../gateway.js';
import { frameOfEvent } from '../generations/live-events.js';
import { generationIdFor, type Submission, submit } from '../generations/submit.js';
import { GenerationWatch, type WatchOptions } from '../generations/watch.js';
import { generationAttributes } from '../telemetry/generation-telemetry.js';
import { findGeneration } from './find-generation.js';
import { whenAborted } from './when-aborted.js';

/** Submits a generation and watches it. @param traceparent of the caller's span. */
export async function* generate(
  gateway: Gateway,
  request: GenerateRequest__Output,
  tenant: string,
  signal: AbortSignal,
  traceparent?: string,
): AsyncGenerator<GenerateResponse, void, undefined> {
  gateway.assertOpen();
  const input = requestInputFromWire(request);
  const generationId = generationIdFor(tenant, input.idempotencyKey);
  const watching = new GenerationWatch(gateway, generationId, 0);
  try {
    const span = gateway.telemetry.spans.begin('generation', { parent: traceparent, serves: true });
    const { record, begun } = await submitTimed(gateway, input, tenant, generationId, span);
    const events = watched(gateway, watching, record, {}, signal);
    if (begun !== undefined) {
      span.set(generationAttributes(record));
      gateway.runs.start(record, begun.card, 0, span);
      begun.release();
    }
    yield* events;
  } finally {
    watching.close();
  }
}

/** What is refused is counted, for want of room with the time that it took. */
async function submitTimed(
  gateway: Gateway,
  input: GenerationRequestInput,
  tenant: string,
  generationId: string,
  span: TraceSpan,
): Promise<Submission> {
  const beganMs = performance.now();
  try {
    const { traceparent } = span.call ?? {};
    const submission = await within(span, 'plan', {}, () => submit(gateway, input, tenant, generationId, traceparent));
    // Repeated, it is one that was there before.
    if (submission.begun === undefined) span.end();
    return submission;
  } catch (thrown) {
    const { code } = TesseraError.from(thrown);
    const { metrics } = gateway.telemetry;
    metrics.count('tessera_refusals_total', { code });
    if (code === 'resource_exhausted') {
      const ms = performance.now() - beganMs;
      gateway.admission.refusals.add(ms);
      metrics.time('tessera_refusal_seconds', ms, {});
    }
    span.end(thrown);
    throw thrown;
  }
}

/** Watches a generation, wherever it runs. */
export async function* watch(
  gateway: Gateway,
  request: WatchRequest__Output,
  tenant: string,
  signal: AbortSignal,
): AsyncGenerator<WatchResponse, void, undefined> {
  const { generationId, preview } = request;
  const record = await findGeneration(gateway, generationId, tenant);
  const watching = new GenerationWatch(gateway, generationId, Number(request.afterSequence ?? 0));
  try {
    const options = {
      afterStep: request.afterStep === undefined ? undefined : Number(request.afterStep),
      previewEverySteps: preview === null ? undefined : previewEverySteps(previewFromWire(preview).everySteps),
    };
    yield* watched(gateway, watching, record, options, signal);
  } finally {
    watching.close();
  }
}

function previewEverySteps(given: number | undefined): number | undefined {
  if (given !== undefined && given < 0) throw invalidField('preview.every_steps', 'must be at least 0', given);
  return given;
}

/** The watch as a stream that counts as a watcher from now until the call ends, however it ends. */
function watched(
  { runs }: Gateway,
  watching: GenerationWatch,
  record: GenerationRecord,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<GenerateResponse & WatchResponse, void, undefined> {
  const leave = runs.watchers.enter(record.generationId);
  // At once, whatever the stream waits for.
  whenAborted(signal, leave);
  return messages(watching.events(record, options, signal), leave);
}

async function* messages(events: AsyncIterable<GenerationEvent>, leave: () => void) {
  try {
    for await (const event of events) yield messageOf(event);
  } finally {
    leave();
  }
}

/** What a stream sends of an event that is framed already. */
const framedMessages = new WeakMap<object, Buffer>();

function messageOf(event: GenerationEvent): GenerateResponse & WatchResponse {
  const message = { event: wireFromEvent(event) };
  const frame = frameOfEvent(event);
  if (frame !== undefined) framedMessages.set(message, frame);
  return message;
}

/** Streams that send the same live event share its bytes. */
export function frameOfMessage(message: object): Buffer | undefined {
  return framedMessages.get(message);
}
