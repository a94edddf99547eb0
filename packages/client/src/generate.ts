import { randomUUID } from 'node:crypto';
import { type GenerationEvent, TesseraError } from '@tessera/core';
import {
  type GenerationRequestInput,
  type GenerationServiceClient,
  type PreviewInput,
  type PreviewOptions,
  wireFromRequestInput,
} from '@tessera/proto';
import { attentive } from './attentive.js';
import type { ReconnectPolicy } from './backoff.js';
import { Farewell } from './farewell.js';
import type { Gateways } from './gateways.js';
import { reconnecting } from './reconnecting.js';
import { assertCarriable, assertCarriablePreview } from './request.js';
import { generateOnce, watchOnce } from './rpc.js';
import { StreamPosition } from './stream-position.js';

export interface GenerateOptions {
  /** Aborting cancels the generation, unless `detach` is set, and ends the stream with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Leaving the stream leaves the generation running, for as long as `keepForMs` says. */
  readonly detach?: boolean | undefined;
}

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Only durable events after this one. */
  readonly afterSequence?: number | undefined;
  /** Only progress and previews after this step. */
  readonly afterStep?: number | undefined;
  /** Which of the generation's previews to send. */
  readonly preview?: PreviewInput | undefined;
}

/** Long enough for a client that lost its gateway to find another. */
const KEEP_FOR_RECONNECT_MS = 15_000;

/** @throws TesseraError `invalid_argument` at once, for a request that cannot be sent as it is. */
export function generate(
  gateways: Gateways,
  policy: ReconnectPolicy,
  input: GenerationRequestInput,
  options: GenerateOptions,
): AsyncGenerator<GenerationEvent, void, undefined> {
  assertCarriable(input);
  const request = wireFromRequestInput({
    ...input,
    keepForMs: input.keepForMs ?? KEEP_FOR_RECONNECT_MS,
    // A request whose answer was lost is sent again and finds the generation that it made.
    idempotencyKey: input.idempotencyKey ?? randomUUID(),
  });
  const position = new StreamPosition();
  const open = (service: GenerationServiceClient, signal: AbortSignal) =>
    position.generationId === undefined
      ? generateOnce(service, request, position, signal)
      : orLost(position.generationId, watchFrom(service, position, undefined, signal));
  return follow(gateways, policy, position, open, options.signal, options.detach !== true);
}

/** @throws TesseraError `invalid_argument` at once, for options that cannot be sent as they are. */
export function watch(
  gateways: Gateways,
  policy: ReconnectPolicy,
  generationId: string,
  { signal, preview, ...start }: WatchOptions,
): AsyncGenerator<GenerationEvent, void, undefined> {
  if (preview !== undefined) assertCarriablePreview(preview);
  const position = new StreamPosition({ generationId, ...start });
  const previewOptions = preview && wireFromRequestInput({ preview }).preview;
  const open = (service: GenerationServiceClient, connection: AbortSignal) =>
    watchFrom(service, position, previewOptions ?? undefined, connection);
  return follow(gateways, policy, position, open, signal, false);
}

function watchFrom(
  service: GenerationServiceClient,
  position: StreamPosition,
  preview: PreviewOptions | undefined,
  signal: AbortSignal,
): AsyncIterable<GenerationEvent> {
  const { generationId = '', sequence: afterSequence, stepIndex } = position;
  const request = {
    generationId,
    afterSequence,
    ...(stepIndex !== undefined && { afterStep: stepIndex }),
    ...(preview && { preview }),
  };
  return watchOnce(service, request, position, signal);
}

/** A generation that was accepted and is unknown now went down with the gateway that held it in memory. */
async function* orLost(
  generationId: string,
  events: AsyncIterable<GenerationEvent>,
): AsyncGenerator<GenerationEvent, void, undefined> {
  try {
    yield* events;
  } catch (thrown) {
    if (!(thrown instanceof TesseraError) || thrown.code !== 'not_found') throw thrown;
    const message = `generation ${generationId} was lost with the gateway that held it`;
    throw new TesseraError('internal', message, { reason: 'LOST', cause: thrown });
  }
}

async function* follow(
  gateways: Gateways,
  policy: ReconnectPolicy,
  position: StreamPosition,
  open: (service: GenerationServiceClient, signal: AbortSignal) => AsyncIterable<GenerationEvent>,
  signal: AbortSignal | undefined,
  cancelOnLeave: boolean,
): AsyncGenerator<GenerationEvent, void, undefined> {
  signal?.throwIfAborted();
  const farewell = new Farewell(gateways, position, cancelOnLeave);
  const leave = () => void farewell.say(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  const openHere = (service: GenerationServiceClient) =>
    attentive(service, (connection) => open(service, connection), policy, farewell.connection);
  let left = true;
  try {
    for await (const event of reconnecting(gateways, openHere, policy, farewell.connection)) {
      farewell.settled();
      signal?.throwIfAborted();
      yield event;
    }
    left = false;
  } catch (thrown) {
    farewell.settled();
    left = signal?.aborted === true;
    signal?.throwIfAborted();
    throw thrown;
  } finally {
    signal?.removeEventListener('abort', leave);
    if (left) await farewell.say(signal?.reason);
  }
}
