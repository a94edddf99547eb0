import type { LiveChannel } from '@tessera/runtime';
import type { Ledger } from '../ledger.js';
import type { Protections } from '../protections.js';
import { Audience } from './audience.js';
import { generationOf, watchersSubject } from './subjects.js';
import { parseWatchNotice, watchNotice } from './watch-notice.js';

export interface WatchTimes {
  /** A gateway repeats this often of which generations it has watchers. */
  readonly beatMs: number;
  /** Shortest wait for a watcher when nobody saw the last one leave. */
  readonly unseenWaitMs: number;
}

export const WATCH_TIMES: WatchTimes = { beatMs: 2_000, unseenWaitMs: 30_000 };

export interface WatchersSetup {
  readonly gatewayId: string;
  readonly live: LiveChannel;
  readonly ledger: Ledger;
  readonly protections: Protections;
  /** Aborted when this gateway ends its streams: nobody has left then. */
  readonly closing: AbortSignal;
  readonly times: WatchTimes;
  /** Nobody watches a generation that runs here, and the time for which it is kept is over. */
  readonly abandoned: (generationId: string) => void;
}

/**
 * Who watches which generation: counted here, told to the gateway that runs
 * it, and judged for those that run here.
 */
export class Watchers {
  readonly #setup: WatchersSetup;
  /** Streams of this gateway by generation. */
  readonly #here = new Map<string, number>();
  /** Of the generations that run here. */
  readonly #audiences = new Map<string, Audience>();

  constructor(setup: WatchersSetup) {
    this.#setup = setup;
  }

  /** @returns what the watcher calls when it leaves, however it leaves. */
  enter(generationId: string): () => void {
    const release = this.#setup.ledger.take('watchers');
    const count = this.#here.get(generationId) ?? 0;
    this.#here.set(generationId, count + 1);
    if (count === 0) this.#tell(generationId, true);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      release();
      this.#leave(generationId);
    };
  }

  /** Judges from now on whether a generation is abandoned. */
  attend(generationId: string, keepForMs: number): void {
    const { times, abandoned } = this.#setup;
    const waits = { keepForMs, unseenWaitMs: times.unseenWaitMs };
    const audience = new Audience(waits, () => abandoned(generationId));
    this.#audiences.set(generationId, audience);
    if (this.#here.has(generationId)) audience.heard(this.#setup.gatewayId);
    audience.begin();
  }

  /** The generation does not run here any more. */
  forget(generationId: string): void {
    this.#audiences.get(generationId)?.close();
    this.#audiences.delete(generationId);
  }

  /** Hears other gateways, and repeats what is watched here, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { live, gatewayId, protections, times } = this.#setup;
    const beats = setInterval(() => this.#beat(), times.beatMs).unref();
    try {
      for await (const { subject, payload } of live.subscribe(watchersSubject('*'), signal)) {
        const audience = this.#audiences.get(generationOf(subject));
        const notice = audience && parseWatchNotice(payload);
        if (notice === undefined || notice.gatewayId === gatewayId || !protections.countsAllGateways) continue;
        if (notice.watching) audience?.heard(notice.gatewayId);
        else audience?.left(notice.gatewayId);
      }
    } finally {
      clearInterval(beats);
    }
  }

  #leave(generationId: string): void {
    const count = (this.#here.get(generationId) ?? 0) - 1;
    if (count > 0) {
      this.#here.set(generationId, count);
      return;
    }
    this.#here.delete(generationId);
    // Silence is judged later, and leaves them the time to come back elsewhere.
    if (!this.#setup.closing.aborted) this.#tell(generationId, false);
  }

  #beat(): void {
    for (const generationId of this.#here.keys()) this.#tell(generationId, true);
    for (const audience of this.#audiences.values()) audience.beat();
  }

  #tell(generationId: string, watching: boolean): void {
    const { gatewayId, live } = this.#setup;
    const audience = this.#audiences.get(generationId);
    if (audience === undefined) {
      try {
        live.publish(watchersSubject(generationId), watchNotice({ gatewayId, watching }));
      } catch {
        // The Bus is away: the next beat says it again.
      }
    } else if (watching) audience.heard(gatewayId);
    else audience.left(gatewayId);
  }
}
