/** A gateway that misses more beats than this is taken to be gone, and its watchers with it. */
const MISSED_BEATS = 3;

export interface AudienceWaits {
  /** After the last watcher was seen to leave. */
  readonly keepForMs: number;
  /** At least, when nobody saw the watchers leave: they may be on their way to another gateway. */
  readonly unseenWaitMs: number;
}

/**
 * Which gateways have watchers of one generation, as far as the gateway that
 * runs it has heard. Once there are none, and none come while it waits, the
 * generation is abandoned.
 *
 * Silence is counted in beats of this process, so that its own pauses are not
 * taken for another gateway's end: what was said meanwhile is read before the
 * next beat.
 */
export class Audience {
  readonly #waits: AudienceWaits;
  readonly #abandoned: () => void;
  /** Beats since each gateway was heard. */
  readonly #missed = new Map<string, number>();
  #waiting: NodeJS.Timeout | undefined;

  constructor(waits: AudienceWaits, abandoned: () => void) {
    this.#waits = waits;
    this.#abandoned = abandoned;
  }

  /** Somebody watches there. */
  heard(gatewayId: string): void {
    this.#missed.set(gatewayId, 0);
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
  }

  /** The last one there was seen to leave. */
  left(gatewayId: string): void {
    if (this.#missed.delete(gatewayId) && this.#missed.size === 0) this.#wait(this.#waits.keepForMs);
  }

  /** To be called in the rhythm in which gateways repeat themselves. */
  beat(): void {
    for (const [gatewayId, missed] of this.#missed) {
      if (missed < MISSED_BEATS) this.#missed.set(gatewayId, missed + 1);
      else this.#missed.delete(gatewayId);
    }
    if (this.#missed.size === 0 && this.#waiting === undefined) this.#waitUnseen();
  }

  /** To be called once those who watch already are known. */
  begin(): void {
    if (this.#missed.size === 0) this.#waitUnseen();
  }

  close(): void {
    clearTimeout(this.#waiting);
  }

  #waitUnseen(): void {
    this.#wait(Math.max(this.#waits.keepForMs, this.#waits.unseenWaitMs));
  }

  #wait(ms: number): void {
    clearTimeout(this.#waiting);
    if (ms === 0) this.#abandoned();
    else this.#waiting = setTimeout(this.#abandoned, ms).unref();
  }
}
