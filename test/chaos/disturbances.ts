import { seededRandom } from '../support/seeded-random.js';

/** What happens to one process of a cluster, and when. */
export interface Disturbance {
  /** Since the beginning. */
  readonly atMs: number;
  /** `gateway-1`, `denoiser-3`, `nats` */
  readonly victim: string;
  readonly kind: 'kill' | 'freeze';
  /** Until it is thawed. */
  readonly frozenMs: number;
}

export const EVERY_MS = 5_000;
const FREEZE_SHARE = 0.25;
const FROZEN_MS = { least: 1_000, most: 12_000 };

/** One every 5 s; the seed decides which. The same process is not met twice in a row: it would not be back. */
export function disturbancesOf(names: readonly string[], lastsMs: number, seed: number): readonly Disturbance[] {
  const random = seededRandom(seed);
  const list: Disturbance[] = [];
  for (let atMs = EVERY_MS; atMs < lastsMs; atMs += EVERY_MS) {
    const others = names.filter((name) => name !== list.at(-1)?.victim);
    const victim = others[Math.floor(random() * others.length)] ?? '';
    const kind = random() < FREEZE_SHARE ? 'freeze' : 'kill';
    const frozenMs = FROZEN_MS.least + Math.round(random() * (FROZEN_MS.most - FROZEN_MS.least));
    list.push({ atMs, victim, kind, frozenMs });
  }
  return list;
}
