import { TesseraError } from '@tessera/core';
import type { GenerationServiceClient } from '@tessera/proto';
import { createServiceClient, type ServiceClientOptions } from './channel.js';

/** The gateways of one cluster: any of them answers for any generation. One is used until it is lost. */
export class Gateways {
  readonly #services: readonly GenerationServiceClient[];
  #current = 0;

  /**
   * @param addresses host:port each; a text may hold several, separated by commas.
   * @param spread begins with any of them, not with the first.
   * @throws TesseraError `invalid_argument` when there is none.
   */
  constructor(addresses: string | readonly string[], options: ServiceClientOptions, spread = true) {
    const listed = [addresses].flat().flatMap((text) => text.split(','));
    const named = [...new Set(listed.map((address) => address.trim()))].filter((address) => address !== '');
    if (named.length === 0) throw new TesseraError('invalid_argument', 'no address of a gateway', { field: 'address' });
    this.#services = named.map((address) => createServiceClient(address, options));
    if (spread) this.#current = Math.floor(Math.random() * this.#services.length);
  }

  get count(): number {
    return this.#services.length;
  }

  get current(): GenerationServiceClient {
    return this.#services[this.#current] as GenerationServiceClient;
  }

  /** This one is lost: the next is used, unless another call found out before. */
  leave(service: GenerationServiceClient): void {
    if (service === this.current) this.#current = (this.#current + 1) % this.#services.length;
  }

  /** Uses the first of which this holds, in the order in which they answer. @returns whether there is one. */
  async useFirst(holds: (service: GenerationServiceClient) => Promise<boolean>): Promise<boolean> {
    const found = this.#services.map(async (service, index) => {
      if (!(await holds(service))) throw new TesseraError('unavailable', 'it does not hold');
      return index;
    });
    try {
      this.#current = await Promise.any(found);
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    for (const service of this.#services) service.close();
  }
}
