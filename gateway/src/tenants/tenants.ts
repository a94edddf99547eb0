import type { Metadata } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { DEFAULT_WEIGHT, type KeyRing } from './key-ring.js';

/** The tenant of every caller while there are no keys. */
export const DEFAULT_TENANT = 'default';

const BEARER = /^Bearer ([\x21-\x7e]+)$/i;

/** Who calls, by the credential in the call's metadata. Every handler asks this and nothing else. */
export class Tenants {
  #ring: KeyRing | undefined;

  /** @param ring without one, everybody is {@link DEFAULT_TENANT}. */
  constructor(ring?: KeyRing) {
    this.#ring = ring;
  }

  /** These keys are in force from now on. */
  use(ring: KeyRing): void {
    this.#ring = ring;
  }

  /** @throws TesseraError `unauthenticated` unless the call carries a known key. */
  of({ metadata }: { readonly metadata: Metadata }): string {
    if (this.#ring === undefined) return DEFAULT_TENANT;
    const [authorization, ...more] = metadata.get('authorization');
    const [, key] = (more.length === 0 && BEARER.exec(String(authorization ?? ''))) || [];
    if (key === undefined) throw unauthenticated('an API key is needed: authorization: Bearer KEY');
    const tenant = this.#ring.tenantOf(key);
    if (tenant === undefined) throw unauthenticated('the API key is unknown');
    return tenant;
  }

  /** Share of a tenant against the others. */
  weightOf(tenant: string): number {
    return this.#ring?.weightOf(tenant) ?? DEFAULT_WEIGHT;
  }
}

function unauthenticated(message: string): TesseraError {
  return new TesseraError('unauthenticated', message);
}
