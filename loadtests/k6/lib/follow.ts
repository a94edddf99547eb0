import {
  type Client,
  type GrpcError,
  StatusDeadlineExceeded,
  StatusInvalidArgument,
  StatusResourceExhausted,
  Stream,
} from 'k6/net/grpc';
import { credentials, GENERATE, WATCH } from './cluster.ts';
import { contractWatch, type GenerationEvent } from './events.ts';

/** How a stream went. */
export interface Followed {
  readonly end: 'completed' | 'cancelled' | 'refused' | 'late' | 'failed';
  /** What went wrong. */
  readonly text: string;
  readonly generationId: string | undefined;
  /** Last durable number. */
  readonly sequence: number;
  readonly totalMs: number;
  /** Since the request. */
  readonly firstPreviewMs: number | undefined;
  readonly previewGapsMs: readonly number[];
  readonly firstEventMs: number | undefined;
}

export interface FollowOptions {
  /** Of the stream, after which this side leaves it. */
  readonly timeoutMs?: number;
  readonly tenant?: number;
  /** Watch this one again, in place of a new one. */
  readonly watch?: { readonly generationId: string; readonly afterSequence: number };
  readonly onEvent?: (event: GenerationEvent) => void;
}

/** Long enough for whatever a scenario asks for; what takes longer counts as failed. */
const TIMEOUT_MS = 60_000;

/** Generates, or watches, to the end of the stream; resolves whatever becomes of it. */
export function follow(client: Client, request: object, options: FollowOptions = {}): Promise<Followed> {
  const { timeoutMs = TIMEOUT_MS, tenant = 0, watch, onEvent } = options;
  return new Promise((resolve) => {
    const beganMs = Date.now();
    const broken = contractWatch(watch?.afterSequence);
    let fault: string | undefined;
    let error: GrpcError | undefined;
    let last: GenerationEvent | undefined;
    let firstEventMs: number | undefined;
    let firstPreviewMs: number | undefined;
    let previewAtMs = 0;
    const previewGapsMs: number[] = [];
    const stream = new Stream(client, watch === undefined ? GENERATE : WATCH, {
      timeout: timeoutMs,
      metadata: credentials(tenant),
    });
    stream.on('data', (message) => {
      const { event } = message as { readonly event: GenerationEvent };
      const nowMs = Date.now();
      last = event;
      firstEventMs ??= nowMs - beganMs;
      fault ??= broken(event);
      if (event.preview !== undefined) {
        if (firstPreviewMs !== undefined) previewGapsMs.push(nowMs - previewAtMs);
        firstPreviewMs ??= nowMs - beganMs;
        previewAtMs = nowMs;
      }
      onEvent?.(event);
    });
    stream.on('error', (thrown) => {
      error = thrown as GrpcError;
    });
    stream.on('end', () =>
      resolve({
        ...ending(last, error, fault),
        generationId: last?.generationId ?? watch?.generationId,
        sequence: Number(last?.sequence ?? watch?.afterSequence ?? 0),
        totalMs: Date.now() - beganMs,
        ...{ firstPreviewMs, previewGapsMs, firstEventMs },
      }),
    );
    stream.write(watch ?? request);
  });
}

const REFUSALS: readonly number[] = [StatusResourceExhausted, StatusInvalidArgument];

function ending(last: GenerationEvent | undefined, error: GrpcError | undefined, fault: string | undefined) {
  const failure = (text: string) => ({ end: 'failed' as const, text });
  if (fault !== undefined) return failure(fault);
  if (error !== undefined) {
    const text = `${error.code}: ${error.message}`;
    if (last === undefined && REFUSALS.includes(error.code)) return { end: 'refused' as const, text };
    // The gateway's own word; a timeout of this side has no terminal event.
    if (last?.failed !== undefined && error.code === StatusDeadlineExceeded) return { end: 'late' as const, text };
    return failure(text);
  }
  if (last?.cancelled !== undefined) return { end: 'cancelled' as const, text: '' };
  if (last?.completed === undefined) return failure('the stream ended without a result');
  if (Number(last.completed.image.sizeBytes) === 0) return failure('the image is empty');
  return { end: 'completed' as const, text: '' };
}
