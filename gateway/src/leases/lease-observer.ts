import type { GatewayBeat } from '@tessera/runtime';

/**
 * How long each holder of a lease has been silent, as this gateway heard it.
 * Only this process's own time counts, and only while it was in touch with the
 * Bus: no clock is compared with another one.
 */
export class LeaseObserver {
  readonly #ownMs: () => number;
  readonly #heard = new Map<string, { readonly uptimeMs: number; readonly atMs: number }>();

  /** @param ownMs milliseconds of this process in touch with the Bus. */
  constructor(ownMs: () => number) {
    this.#ownMs = ownMs;
  }

  /** Takes note of the newest beats. To be called often: what came between two calls counts from the second. */
  observe(beats: readonly Pick<GatewayBeat, 'gatewayId' | 'uptimeMs'>[]): void {
    const atMs = this.#ownMs();
    for (const { gatewayId, uptimeMs } of beats) {
      if (this.#heard.get(gatewayId)?.uptimeMs !== uptimeMs) this.#heard.set(gatewayId, { uptimeMs, atMs });
    }
  }

  /** Of a gateway that was never heard, since it was asked for first. */
  silentMs(gatewayId: string): number {
    const heard = this.#heard.get(gatewayId);
    if (heard !== undefined) return this.#ownMs() - heard.atMs;
    this.#heard.set(gatewayId, { uptimeMs: -1, atMs: this.#ownMs() });
    return 0;
  }

  /** Forgets gateways that hold no lease and are not there. */
  forgetAllBut(gatewayIds: ReadonlySet<string>): void {
    for (const gatewayId of this.#heard.keys()) if (!gatewayIds.has(gatewayId)) this.#heard.delete(gatewayId);
  }
}
