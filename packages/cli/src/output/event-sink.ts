import { type GenerationEvent, TesseraError } from '@tessera/core';

/** Where the events of one generation are shown. */
export interface EventSink {
  /** Returns `leave` to see no more of them. */
  event(event: GenerationEvent): Promise<'leave' | undefined>;
  close(): void;
}

/**
 * Shows a generation to its end.
 *
 * @throws TesseraError with the code of its failure; `cancelled` when it was.
 */
export async function follow(events: AsyncIterable<GenerationEvent>, sink: EventSink): Promise<void> {
  try {
    for await (const event of events) {
      if ((await sink.event(event)) === 'leave') return;
      if (event.type === 'failed')
        throw new TesseraError(event.code, event.message, { ...(event.field && { field: event.field }) });
      if (event.type === 'cancelled') throw new TesseraError('cancelled', 'the generation was cancelled');
    }
  } finally {
    sink.close();
  }
}
