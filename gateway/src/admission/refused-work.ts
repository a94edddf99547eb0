import type { Applicant } from './place.js';

const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 10_000;

/** What counts of a request; nothing else of it is kept. */
export type AskedWork = Pick<Applicant, 'priority' | 'work'>;

/**
 * What was refused within the last minute and would have been taken by a
 * larger cluster. Who comes again with the same key counts once.
 */
export class RefusedWork {
  readonly #refused = new Map<string, { readonly asked: AskedWork; readonly atMs: number }>();
  #unnamed = 0;

  add({ tenant, idempotencyKey, priority, work }: Applicant, nowMs: number): void {
    if (idempotencyKey === undefined) this.#unnamed += 1;
    const name = JSON.stringify(idempotencyKey === undefined ? [this.#unnamed] : [tenant, idempotencyKey]);
    this.#refused.delete(name);
    this.#refused.set(name, { asked: { priority, work }, atMs: nowMs });
    if (this.#refused.size <= MOST_REMEMBERED) return;
    const [oldest = ''] = this.#refused.keys();
    this.#refused.delete(oldest);
  }

  recent(nowMs: number): readonly AskedWork[] {
    for (const [name, { atMs }] of this.#refused) {
      if (nowMs - atMs < REMEMBERED_MS) break;
      this.#refused.delete(name);
    }
    return [...this.#refused.values()].map(({ asked }) => asked);
  }
}
