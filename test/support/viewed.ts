import { type GenerationEvent, type GenerationRequestInput, type TesseraClient, TesseraError } from '@tessera/client';

/** What the viewer of one generation saw. */
export interface Viewed {
  readonly events: readonly GenerationEvent[];
  /** Of each image; empty when it did not complete. */
  readonly hashes: string;
  /** Longest time without anything between the first step and the end. */
  readonly longestGapMs: number;
  /** Median time between two steps. */
  readonly stepMs: number;
  /** Steps that came again without `restarted`. */
  readonly repeated: number;
  readonly failure: string | undefined;
}

/** Follows a generation to its end, through whatever happens to the gateways. */
export async function viewed(
  client: TesseraClient,
  request: GenerationRequestInput,
  onEvent: (event: GenerationEvent) => void = () => {},
): Promise<Viewed> {
  const events: GenerationEvent[] = [];
  const gaps: number[] = [];
  let lastMs: number | undefined;
  let failure: string | undefined;
  try {
    for await (const event of client.generate(request, { detach: true })) {
      events.push(event);
      if (event.type === 'progress' || event.type === 'completed') {
        const nowMs = performance.now();
        if (lastMs !== undefined) gaps.push(nowMs - lastMs);
        lastMs = nowMs;
      }
      onEvent(event);
    }
  } catch (thrown) {
    const { code, reason = '', message } = TesseraError.from(thrown);
    failure = `${code} ${reason} ${message}`;
  }
  const sorted = gaps.toSorted((a, b) => a - b);
  return {
    events,
    hashes: hashesOf(events),
    longestGapMs: sorted.at(-1) ?? 0,
    stepMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
    repeated: repeatedSteps(events),
    failure,
  };
}

function hashesOf(events: readonly GenerationEvent[]): string {
  const last = events.at(-1);
  if (last?.type !== 'completed') return '';
  return last.images.map(({ receipt }) => `${receipt.latentSha256} ${receipt.imageSha256}`).join(' ');
}

function repeatedSteps(events: readonly GenerationEvent[]): number {
  const furthest = new Map<number, number>();
  let repeated = 0;
  for (const event of events) {
    if (event.type === 'restarted') furthest.delete(event.imageIndex);
    if (event.type !== 'progress') continue;
    if (event.stepIndex <= (furthest.get(event.imageIndex) ?? -1)) repeated += 1;
    furthest.set(event.imageIndex, event.stepIndex);
  }
  return repeated;
}

/** Whether the durable events are numbered 1, 2, 3 … */
export function isWholeAndInOrder(events: readonly GenerationEvent[]): boolean {
  const transient = new Set(['queued', 'progress', 'preview']);
  return events.filter(({ type }) => !transient.has(type)).every(({ sequence }, i) => sequence === i + 1);
}
