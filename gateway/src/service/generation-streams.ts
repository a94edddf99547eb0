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
import type { Gateway } from '../gateway.js';
import { frameOfEvent } from '../generations/live-events.js';
import { generationIdFor, type Submission, submit } from '../generations/submit.js';
import { GenerationWatch, type WatchOptions } from '../generations/watch.js';
import { findGeneration } from './find-generation.js';
import { whenAborted } from './when-aborted.js';

/** Submits a generation and watches it. */
export async function* generate(
  gateway: Gateway,
  request: GenerateRequest__Output,
  tenant: string,
  signal: AbortSignal,
): AsyncGenerator<GenerateResponse, void, undefined> {
  gateway.assertOpen();
  const input = requestInputFromWire(request);
  const generationId = generationIdFor(tenant, input.idempotencyKey);
  const watching = new GenerationWatch(gateway, generationId, 0);
  try {
    const { record, begun } = await submitTimed(gateway, input, tenant, generationId);
    const events = watched(gateway, watching, record, {}, signal);
    if (begun !== undefined) {
      gateway.runs.start(record, begun.card);
      begun.release();
    }
    yield* events;
  } finally {
    watching.close();
  }
}

/** What is refused for want of room is counted, with the time that it took. */
async function submitTimed(
  gateway: Gateway,
  input: GenerationRequestInput,
  tenant: string,
  generationId: string,
): Promise<Submission> {
  const beganMs = performance.now();
  try {
    return await submit(gateway, input, tenant, generationId);
  } catch (thrown) {
    const { code } = TesseraError.from(thrown);
    if (code === 'resource_exhausted') gateway.admission.refusals.add(performance.now() - beganMs);
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
