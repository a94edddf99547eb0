import { Bell } from './bell.js';
import type { GatewayBeat, PresenceChange } from './presence.js';

/** The clock may stand still: then the moment that is waited for does not come nearer. */
const SHORTEST_WAIT_MS = 20;

/** Milliseconds of a clock that never steps. */
export type MonotonicClock = () => number;

/**
 * One observer's judgement of which gateways are present, from the beats it
 * heard and when it heard those that renewed leases.
 */
export class PresenceObserver {
  readonly #heard = new Map<string, { readonly beat: GatewayBeat; readonly atMs: number }>();
  readonly #bell = new Bell();
  readonly #expiryMs: number;
  readonly #now: MonotonicClock;

  constructor(expiryMs: number, now: MonotonicClock) {
    this.#expiryMs = expiryMs;
    this.#now = now;
  }

  hear(beat: GatewayBeat): void {
    this.#dropLongSilent();
    const before = this.#heard.get(beat.gatewayId);
    const renews = beat.renewedMs === undefined || beat.renewedMs !== before?.beat.renewedMs;
    this.#heard.set(beat.gatewayId, { beat, atMs: before === undefined || renews ? this.#now() : before.atMs });
    this.#bell.ring();
  }

  forget(gatewayId: string): void {
    if (this.#heard.delete(gatewayId)) this.#bell.ring();
  }

  list(): readonly GatewayBeat[] {
    return [...this.#heard.values()].filter(({ atMs }) => this.#isFresh(atMs)).map(({ beat }) => beat);
  }

  silentMs(gatewayId: string): number | undefined {
    const heard = this.#heard.get(gatewayId);
    return heard && this.#now() - heard.atMs;
  }

  /** The present gateways as `joined`, then every change, until the signal is aborted. */
  async *watch(signal: AbortSignal): AsyncGenerator<PresenceChange, void, undefined> {
    const seen = new Set<string>();
    while (!signal.aborted) {
      const present = new Map(this.list().map((beat) => [beat.gatewayId, beat]));
      for (const gatewayId of seen) {
        if (present.has(gatewayId)) continue;
        seen.delete(gatewayId);
        yield { type: 'left', gatewayId, reason: this.#heard.has(gatewayId) ? 'silent' : 'withdrawn' };
      }
      for (const [gatewayId, beat] of present) {
        if (seen.has(gatewayId)) continue;
        seen.add(gatewayId);
        yield { type: 'joined', beat };
      }
      await this.#nextChange(signal);
    }
  }

  /** Every watcher has long been told. */
  #dropLongSilent(): void {
    for (const [gatewayId, { atMs }] of this.#heard) {
      if (this.#now() - atMs > 10 * this.#expiryMs) this.#heard.delete(gatewayId);
    }
  }

  #isFresh(atMs: number): boolean {
    return this.#now() - atMs < this.#expiryMs;
  }

  /** A beat, a withdrawal, the signal, or the moment when the next gateway is missed. */
  async #nextChange(signal: AbortSignal): Promise<void> {
    const fresh = [...this.#heard.values()].map(({ atMs }) => atMs).filter((atMs) => this.#isFresh(atMs));
    const wait = Math.min(...fresh) + this.#expiryMs - this.#now();
    const waitMs = Math.max(SHORTEST_WAIT_MS, Math.ceil(wait));
    const timer = fresh.length === 0 ? undefined : setTimeout(() => this.#bell.ring(), waitMs);
    await this.#bell.next(signal);
    clearTimeout(timer);
  }
}
