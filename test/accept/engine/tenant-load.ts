import { setMaxListeners } from 'node:events';
import { connect, type TesseraClient } from '@tessera/client';
import type { KeyedTenant } from '../../support/api-keys.js';

/** Guidance: every step is two evaluations. */
export const EVALUATIONS_A_STEP = 2;

export interface FloodOptions {
  readonly requests: number;
  readonly steps: number;
  readonly seed: number;
  /** Every so many requests are one and the same, by their key; none when not given. */
  readonly idempotencyKeys?: number;
}

/** All requests of a tenant at once, over all of its keys, and how far each has come. */
export class Flood {
  readonly #stop = new AbortController();
  readonly #clients: readonly TesseraClient[];
  /** Steps finished, by generation. */
  readonly #steps = new Map<string, number>();
  readonly #ended: Promise<unknown>;
  readonly failures: unknown[] = [];

  constructor(address: string, { keys }: KeyedTenant, options: FloodOptions) {
    setMaxListeners(0, this.#stop.signal);
    this.#clients = keys.map((apiKey) => connect({ address, apiKey }));
    this.#ended = Promise.all(
      Array.from({ length: options.requests }, (_, index) =>
        this.#follow(this.#clients[index % keys.length] as TesseraClient, index, options).catch((thrown) => {
          if (!this.#stop.signal.aborted) this.failures.push(thrown);
        }),
      ),
    );
  }

  get evaluations(): number {
    let steps = 0;
    for (const finished of this.#steps.values()) steps += finished;
    return EVALUATIONS_A_STEP * steps;
  }

  /** Generations that were accepted. */
  get generations(): number {
    return this.#steps.size;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    for (const client of this.#clients) client.close();
  }

  async #follow(client: TesseraClient, index: number, { steps, seed, idempotencyKeys }: FloodOptions): Promise<void> {
    const distinct = idempotencyKeys === undefined ? index : index % idempotencyKeys;
    const key = idempotencyKeys === undefined ? {} : { idempotencyKey: `key-${distinct}` };
    const request = { prompt: 'a red apple', seed: seed + distinct, steps, ...key };
    for await (const event of client.generate(request, { signal: this.#stop.signal })) {
      if (event.type === 'accepted') this.#steps.set(event.generationId, 0);
      if (event.type === 'progress') this.#steps.set(event.generationId, event.stepIndex + 1);
      if (event.type === 'completed') this.#steps.set(event.generationId, steps);
    }
  }
}

export interface Waits {
  /** From the request to its result. */
  readonly wholeMs: readonly number[];
  /** From the request to its first finished step. */
  readonly firstStepMs: readonly number[];
}

/** Requests of one tenant, the next when the one before has its result. */
export async function oneAtATime(
  client: TesseraClient,
  { requests, steps, seed }: Omit<FloodOptions, 'idempotencyKeys'>,
): Promise<Waits> {
  const wholeMs: number[] = [];
  const firstStepMs: number[] = [];
  for (let index = 0; index < requests; index += 1) {
    const beganMs = performance.now();
    let first: number | undefined;
    for await (const event of client.generate({ prompt: 'a rocket', seed: seed + index, steps })) {
      if (event.type === 'progress') first ??= performance.now() - beganMs;
    }
    wholeMs.push(performance.now() - beganMs);
    firstStepMs.push(first ?? Number.NaN);
  }
  return { wholeMs, firstStepMs };
}
