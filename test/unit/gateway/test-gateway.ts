import type { TestContext } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import type { GenerationEvent, Receipt } from '@tessera/core';
import { Gateway, type GatewaySetup, generationService } from '@tessera/gateway';
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
  type Pacing,
  tesseraV1,
  type WatchRequest,
} from '@tessera/proto';
import { type Bus, connectChannel, createLogger, createMemoryBus, startServer } from '@tessera/runtime';
import { onceOf } from '../../support/worker-stages.js';
import type { FakeWorker } from './fake-workers.js';

export interface TestGateway {
  readonly gateway: Gateway;
  readonly bus: Bus;
  readonly address: string;
  readonly client: GenerationServiceClient;
}

/** A gateway with a server of its own over these workers, ready to be asked. */
export async function startTestGateway(
  t: TestContext,
  workers: readonly (Pick<FakeWorker, 'address'> | string)[],
  options: Partial<GatewaySetup> & { readonly waitUntilReady?: boolean; readonly viewerPacing?: Pacing } = {},
): Promise<TestGateway> {
  const { waitUntilReady = true, viewerPacing, ...setup } = options;
  const bus = setup.bus ?? createMemoryBus();
  const gateway = new Gateway({
    gatewayId: 'test-gateway',
    bus,
    logger: createLogger('test', 'silent'),
    queueBounds: { maxQueuedMs: 600_000, maxQueued: 16, maxRunningBytes: 1 << 30 },
    conditioningCacheBytes: 1 << 20,
    retention: { keepMs: 60_000, maxBytes: 1 << 30 },
    linkTimes: { describeTimeoutMs: 2_000, lostAfterMs: 400, minBackoffMs: 20, maxBackoffMs: 50 },
    dispatchLimits: { workerWaitMs: 2_000, attempts: 5, minBackoffMs: 5 },
    ...setup,
  });
  const faults: unknown[] = [];
  const server = await startServer({
    listen: '127.0.0.1:0',
    services: [
      {
        definition: tesseraV1.GenerationService.service,
        implementation: generationService(gateway, (thrown) => faults.push(thrown), viewerPacing),
      },
    ],
    health: ['tessera.v1.GenerationService'],
  });
  const addresses = new Set(workers.map((worker) => (typeof worker === 'string' ? worker : worker.address)));
  gateway.start([{ addresses: () => onceOf(addresses) }], server.address);
  const channel = connectChannel(server.address);
  t.after(async () => {
    channel.close();
    await gateway.drain(0);
    await server.stop(100);
    await gateway.stop();
    if (setup.bus === undefined) await bus.close();
    if (faults.length > 0) throw faults[0];
  });
  if (waitUntilReady) await gateway.ready(AbortSignal.timeout(5_000));
  return { gateway, bus, address: server.address, client: channel.client(tesseraV1.GenerationService) };
}

/** The events of Generate; leaving the loop leaves the stream. */
export async function* generated(
  client: GenerationServiceClient,
  request: GenerateRequest,
  signal?: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
  for await (const { event } of callStream(client.generate(request), signal)) {
    const parsed = event && eventFromWire(event);
    if (parsed) yield parsed;
  }
}

export async function* watched(
  client: GenerationServiceClient,
  request: WatchRequest,
  signal?: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
  for await (const { event } of callStream(client.watch(request), signal)) {
    const parsed = event && eventFromWire(event);
    if (parsed) yield parsed;
  }
}

export async function all(events: AsyncIterable<GenerationEvent>): Promise<readonly GenerationEvent[]> {
  const collected: GenerationEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

/** Takes events until one of this type comes; the stream goes on. */
export async function until<Type extends GenerationEvent['type']>(
  events: AsyncGenerator<GenerationEvent, void, undefined>,
  type: Type,
): Promise<Extract<GenerationEvent, { type: Type }>> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`the stream ended without ${type}`);
    if (value.type === type) return value as Extract<GenerationEvent, { type: Type }>;
  }
}

/** The receipts of a generation that completed. */
export function receiptsOf(events: readonly GenerationEvent[]): readonly Receipt[] {
  const last = events.at(-1);
  if (last?.type !== 'completed') throw new Error(`ended with ${JSON.stringify(last)}`);
  return last.images.map(({ receipt }) => receipt);
}

interface Unary {
  readonly cancel: [CancelRequest, CancelResponse__Output];
  readonly getGeneration: [GetGenerationRequest, GetGenerationResponse__Output];
  readonly listGenerations: [ListGenerationsRequest, ListGenerationsResponse__Output];
  readonly deleteGeneration: [DeleteGenerationRequest, DeleteGenerationResponse__Output];
  readonly listModels: [ListModelsRequest, ListModelsResponse__Output];
  readonly getClusterStatus: [GetClusterStatusRequest, GetClusterStatusResponse__Output];
}

/** One unary call. */
export function asked<Name extends keyof Unary>(
  client: GenerationServiceClient,
  name: Name,
  request: Unary[Name][0],
): Promise<Unary[Name][1]> {
  type Method = Parameters<typeof callUnary<Unary[Name][0], Unary[Name][1]>>[0];
  return callUnary(client[name].bind(client) as unknown as Method, request, new Metadata(), {});
}
