import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import type { EventBody, GenerationEvent, PlanSummary } from '@tessera/core';
import {
  type CancelRequest__Output,
  type DownloadImageRequest__Output,
  type DownloadImageResponse,
  type GenerateRequest__Output,
  type GenerateResponse,
  serverStream,
  tesseraV1,
  unary,
  type WatchRequest__Output,
  type WatchResponse,
  wireFromEvent,
} from '@tessera/proto';

/** What the fake answers with; what a test leaves out is unimplemented. */
export interface FakeAnswers {
  generate?(request: GenerateRequest__Output, signal: AbortSignal): AsyncIterable<EventBody & { sequence: number }>;
  watch?(request: WatchRequest__Output, signal: AbortSignal): AsyncIterable<EventBody & { sequence: number }>;
  cancel?(request: CancelRequest__Output): void;
  downloadImage?(request: DownloadImageRequest__Output): AsyncIterable<DownloadImageResponse>;
}

export interface FakeGenerationService {
  readonly address: string;
  /** Cuts every connection, as a killed gateway does. */
  cutConnections(): void;
  close(): void;
}

export const GENERATION_ID = 'g-1';

export const PLAN: PlanSummary = {
  model: 'tiny',
  modelSha256: 'ab',
  seed: '7',
  count: 1,
  scheduler: 'ddim',
  steps: 4,
  timesteps: [999, 749, 499, 249],
  guidanceScale: 4,
  guidanceRescale: 0,
  eta: 0,
  width: 64,
  height: 64,
  latentShape: [4, 8, 8],
  windows: [{ x: 0, y: 0, width: 8, height: 8 }],
  previewSteps: [],
  evaluations: 8,
  peakMemoryBytes: 0,
};

export const accepted = { type: 'accepted', plan: PLAN, sequence: 1 } as const;
export const started = { type: 'started', sequence: 2 } as const;
export const progress = (stepIndex: number) =>
  ({ type: 'progress', imageIndex: 0, stepIndex, steps: 4, remainingMs: 0, sequence: 2 }) as const;
export const cancelled = (stepIndex: number) => ({ type: 'cancelled', stepIndex, sequence: 3 }) as const;

async function* wireEvents(events: AsyncIterable<EventBody & { sequence: number }>) {
  for await (const event of events) yield { event: wireFromEvent({ generationId: GENERATION_ID, ...event }) };
}

/** A gateway of scripted answers: it holds no generation and runs no model. */
export async function startFakeGenerationService(answers: FakeAnswers, port = 0): Promise<FakeGenerationService> {
  const server = new Server();
  const faults: unknown[] = [];
  const report = (thrown: unknown) => void faults.push(thrown);
  const unimplemented = (call: ServerWritableStream<unknown, unknown>) =>
    call.emit('error', { code: 12, details: 'the fake has no answer to this' });
  server.addService(tesseraV1.GenerationService.service, {
    generate: serverStream<GenerateRequest__Output, GenerateResponse>(
      (request, signal) => wireEvents(answers.generate?.(request, signal) ?? none()),
      report,
    ),
    watch: serverStream<WatchRequest__Output, WatchResponse>(
      (request, signal) => wireEvents(answers.watch?.(request, signal) ?? none()),
      report,
    ),
    cancel: unary((request: CancelRequest__Output) => {
      answers.cancel?.(request);
      return { state: 'GENERATION_STATE_CANCELLED' };
    }, report),
    downloadImage: serverStream<DownloadImageRequest__Output, DownloadImageResponse>(
      (request) => answers.downloadImage?.(request) ?? none(),
      report,
    ),
    getGeneration: unimplemented,
    listGenerations: unimplemented,
    deleteGeneration: unimplemented,
    listModels: unimplemented,
    getClusterStatus: unimplemented,
  });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, taken) =>
      error ? reject(error) : resolve(taken),
    ),
  );
  return {
    address: `127.0.0.1:${bound}`,
    cutConnections: () => server.forceShutdown(),
    close: () => server.forceShutdown(),
  };
}

async function* none(): AsyncGenerator<never, void, undefined> {}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** `accepted`, `started`, `progress 0` … in order. */
export const told = (events: readonly GenerationEvent[]) =>
  events.map((event) => (event.type === 'progress' ? `progress ${event.stepIndex}` : event.type));
