import type { MsgHdrs } from 'nats';
import { api } from './jetstream.js';
import { LOG_STREAM } from './layout.js';
import type { NatsLink } from './nats-link.js';
import type { ReadMessage } from './stream-reader.js';

/** The last message of a log that was deleted: whoever writes late expects another one. */
export const TOMBSTONE_HEADERS = { 'Tessera-Deleted': '1' } as const;

export function isTombstone({ headers }: { readonly headers: MsgHdrs | undefined }): boolean {
  return headers?.has('Tessera-Deleted') ?? false;
}

/** Longer than an idempotency key holds; no writer is that late. */
const KEPT_MS = 48 * 3_600_000;

/** Removes tombstones that have served, by the server's own clock. */
export class Tombstones {
  readonly #link: NatsLink;
  readonly #known: { readonly sequence: number; readonly storedAtMs: number }[] = [];

  constructor(link: NatsLink) {
    this.#link = link;
  }

  /** Every message of all logs, in order. */
  saw(message: ReadMessage): void {
    if (isTombstone(message)) this.#known.push(message);
    const [oldest] = this.#known;
    if (oldest === undefined || message.storedAtMs - oldest.storedAtMs < KEPT_MS) return;
    this.#known.shift();
    // Another gateway may have removed it; if nobody does, it is seen again at the next start.
    const request = { seq: oldest.sequence, no_erase: true };
    void api(this.#link, `STREAM.MSG.DELETE.${LOG_STREAM}`, request, DELETE_TIMEOUT_MS).catch(() => {});
  }
}

const DELETE_TIMEOUT_MS = 3_000;
