/**
 * A process of viewers: `viewer-program.js JSON`, with a ViewerSetup. Tells
 * one JSON line for each thing that it sees; a line on stdin makes stalled
 * viewers read again.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
import {
  errorFromStatus,
  type GenerateRequest,
  tesseraV1,
  type WatchRequest,
  type WireGenerationEvent__Output,
} from '@tessera/proto';
import { monotonicMs } from './monotonic.js';

export interface ViewerSetup {
  readonly address: string;
  /** Viewers, each over a connection of its own. */
  readonly viewers: number;
  /** Whether they stop reading after their first event. */
  readonly stall: boolean;
  readonly generate?: GenerateRequest;
  readonly watch?: WatchRequest;
}

export type ViewerLine =
  /** Told of readers. `atMs` is on the machine's monotonic clock. */
  | {
      readonly viewer: number;
      readonly event: string;
      readonly generationId: string;
      readonly stepIndex: number;
      readonly atMs: number;
    }
  /** Every viewer has had its first event. */
  | { readonly opened: number }
  /** Every viewer has stopped reading, and grpc-js has read ahead as far as it does. */
  | { readonly stalled: number }
  /** The code that a stream ended with, `ok` included; the reason, where one was told. */
  | { readonly ended: string; readonly reason: string | undefined };

type Call = ClientReadableStream<{ event: WireGenerationEvent__Output | null }>;

/** Nothing tells that a stream's buffer is full. */
const LOOK_MS = 50;

const tell = (line: ViewerLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

const setup: ViewerSetup = JSON.parse(process.argv[2] ?? '');
const calls = Array.from({ length: setup.viewers }, (_, viewer) => open(viewer));
await Promise.all(calls.map((call) => once(call, 'data')));
tell({ opened: calls.length });
if (setup.stall) {
  const full = setInterval(() => {
    if (!calls.every((call) => call.readableLength >= call.readableHighWaterMark)) return;
    clearInterval(full);
    tell({ stalled: calls.length });
  }, LOOK_MS);
  createInterface({ input: process.stdin }).once('line', () => {
    for (const call of calls) call.resume();
  });
}

function open(viewer: number): Call {
  // Without options of its own a client has HTTP/2's usual windows, 64 KiB a stream.
  const client = new tesseraV1.GenerationService(setup.address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const { generate, watch } = setup;
  const call = (generate === undefined ? client.watch(watch ?? {}) : client.generate(generate)) as Call;
  if (setup.stall) call.once('data', () => call.pause());
  else call.on('data', ({ event }) => event && tellEvent(viewer, event));
  call.on('error', (error) => {
    const { code, reason } = errorFromStatus(error);
    tell({ ended: code, reason });
  });
  call.on('end', () => tell({ ended: 'ok', reason: undefined }));
  return call;
}

function tellEvent(viewer: number, { event, generationId, preview, progress }: WireGenerationEvent__Output): void {
  const stepIndex = preview?.stepIndex ?? progress?.stepIndex ?? -1;
  tell({ viewer, event: event ?? '', generationId, stepIndex, atMs: monotonicMs() });
}
