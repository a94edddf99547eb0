import { Bell } from '../bell.js';
import { ALL_LOGS, generationOfLog, LOG_STREAM } from './layout.js';
import type { NatsLink } from './nats-link.js';
import { lastSequenceOf, type ReadMessage, readStream } from './stream-reader.js';

/** What comes of one log from now on. */
export interface LogFollower {
  /** In order; ends when the signal is aborted. */
  messages(ended: AbortSignal): AsyncGenerator<ReadMessage, void, undefined>;
  leave(): void;
}

/**
 * The end of all logs, heard once for this process: a server bears many
 * followers of one generation better as one reader than as one each.
 */
export class LogTail {
  readonly #followers = new Map<string, Set<(message: ReadMessage) => void>>();

  /** Hears what is stored after this resolves, until the link is closed. */
  async open(link: NatsLink): Promise<void> {
    const afterSequence = await lastSequenceOf(link, LOG_STREAM);
    void this.#run(link, afterSequence);
  }

  follow(generationId: string): LogFollower {
    const waiting: ReadMessage[] = [];
    const bell = new Bell();
    const hear = (message: ReadMessage) => {
      waiting.push(message);
      bell.ring();
    };
    const followers = this.#followers.get(generationId) ?? new Set();
    followers.add(hear);
    this.#followers.set(generationId, followers);
    return {
      async *messages(ended) {
        while (!ended.aborted) {
          const message = waiting.shift();
          if (message === undefined) await bell.next(ended);
          else yield message;
        }
      },
      leave: () => {
        followers.delete(hear);
        if (followers.size === 0 && this.#followers.get(generationId) === followers) {
          this.#followers.delete(generationId);
        }
      },
    };
  }

  async #run(link: NatsLink, afterSequence: number): Promise<void> {
    const reading = { stream: LOG_STREAM, filter: ALL_LOGS, afterSequence };
    for await (const notice of readStream(link, reading, link.closed)) {
      if (notice.type !== 'message') continue;
      for (const hear of this.#followers.get(generationOfLog(notice.subject)) ?? []) hear(notice);
    }
  }
}
