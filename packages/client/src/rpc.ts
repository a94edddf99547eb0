import { Metadata } from '@grpc/grpc-js';
import type { GenerationEvent } from '@tessera/core';
import {
  type CancelRequest,
  type CancelResponse__Output,
  callStream,
  callUnary,
  type DeleteGenerationRequest,
  type DeleteGenerationResponse__Output,
  eventFromWire,
  type GenerateRequest,
  type GenerationServiceClient,
  type GetClusterStatusRequest,
  type GetClusterStatusResponse__Output,
  type GetGenerationRequest,
  type GetGenerationResponse__Output,
  type ListGenerationsRequest,
  type ListGenerationsResponse__Output,
  type ListModelsRequest,
  type ListModelsResponse__Output,
  type WatchRequest,
  type WireGenerationEvent__Output,
} from '@tessera/proto';
import type { StreamPosition } from './stream-position.js';

/** One connection's stream of a generation, as far as it is news at `position`. */
export function generateOnce(
  service: GenerationServiceClient,
  request: GenerateRequest,
  position: StreamPosition,
  signal: AbortSignal,
): AsyncIterable<GenerationEvent> {
  return newEvents(callStream(service.generate(request), signal), position);
}

/** As {@link generateOnce}, for a generation that exists. */
export function watchOnce(
  service: GenerationServiceClient,
  request: WatchRequest,
  position: StreamPosition,
  signal: AbortSignal,
): AsyncIterable<GenerationEvent> {
  return newEvents(callStream(service.watch(request), signal), position);
}

async function* newEvents(
  responses: AsyncIterable<{ readonly event: WireGenerationEvent__Output | null }>,
  position: StreamPosition,
): AsyncGenerator<GenerationEvent, void, undefined> {
  for await (const { event: wire } of responses) {
    if (wire === null) continue;
    const event = eventFromWire(wire);
    if (event === undefined) position.skip(wire.generationId, Number(wire.sequence));
    else if (position.admit(event)) yield event;
    // What follows the terminal event is only the stream's status, which says the same again.
    if (position.ended) return;
  }
  position.assertEnded();
}

/** The calls with one answer. */
export interface UnaryCalls {
  cancel(request: CancelRequest): CancelResponse__Output;
  getGeneration(request: GetGenerationRequest): GetGenerationResponse__Output;
  listGenerations(request: ListGenerationsRequest): ListGenerationsResponse__Output;
  deleteGeneration(request: DeleteGenerationRequest): DeleteGenerationResponse__Output;
  listModels(request: ListModelsRequest): ListModelsResponse__Output;
  getClusterStatus(request: GetClusterStatusRequest): GetClusterStatusResponse__Output;
}

type RequestOf<Name extends keyof UnaryCalls> = Parameters<UnaryCalls[Name]>[0];
type ResponseOf<Name extends keyof UnaryCalls> = ReturnType<UnaryCalls[Name]>;

/**
 * One unary call, tried once.
 *
 * @throws TesseraError with the server's status; `deadline_exceeded` after `timeoutMs`.
 */
export function callOnce<Name extends keyof UnaryCalls>(
  service: GenerationServiceClient,
  name: Name,
  request: RequestOf<Name>,
  { signal, timeoutMs }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<ResponseOf<Name>> {
  type Method = Parameters<typeof callUnary<RequestOf<Name>, ResponseOf<Name>>>[0];
  const method = service[name].bind(service) as unknown as Method;
  return callUnary(method, request, new Metadata(), { deadline: Date.now() + timeoutMs, ...(signal && { signal }) });
}
