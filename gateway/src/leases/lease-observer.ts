import type { GatewayBeat } from '@tessera/runtime';

/**
 * How long each holder of a lease has been silent, as this gateway heard it.
 * Only this process's own time counts, and only while it was in touch with the
 * Bus: no clock is compared with another one.
 */
export class LeaseObserver {
  readonly #ownMs: () => number;
  readonly #heard = new Map<string, { readonly renewedMs: number; readonly atMs: number }>();

  /** @param ownMs milliseconds of this process in touch with the Bus. */
  constructor(ownMs: () => number) {
    this.#ownMs = ownMs;
  }

  /**
   * Takes note of the newest beats.
   *
   * @param heardAgoMs how long ago a gateway was heard to renew its leases.
   */
  observe(
    beats: readonly Pick<GatewayBeat, 'gatewayId' | 'uptimeMs' | 'renewedMs'>[],
    heardAgoMs: (gatewayId: string) => number = () => 0,
  ): void {
    const nowMs = this.#ownMs();
    for (const { gatewayId, uptimeMs, renewedMs = uptimeMs } of beats) {
      if (this.#heard.get(gatewayId)?.renewedMs === renewedMs) continue;
      this.#heard.set(gatewayId, { renewedMs, atMs: nowMs - heardAgoMs(gatewayId) });
    }
  }

  /** Of a gateway that was never heard, since it was asked for first. */
  silentMs(gatewayId: string): number {
    const heard = this.#heard.get(gatewayId);
    if (heard !== undefined) return this.#ownMs() - heard.atMs;
    this.#heard.set(gatewayId, { renewedMs: -1, atMs: this.#ownMs() });
    return 0;
  }

  /** Forgets gateways that hold no lease and are not there. */
  forgetAllBut(gatewayIds: ReadonlySet<string>): void {
    for (const gatewayId of this.#heard.keys()) if (!gatewayIds.has(gatewayId)) this.#heard.delete(gatewayId);
  }
}
