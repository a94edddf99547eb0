import { inOrder } from '@tessera/core';
import type { Place } from './place.js';
import type { Places } from './places.js';
import { NO_LOAD, type TenantLoad, workOfAll, workUntilEnds } from './tenant-load.js';

/** Work that is done before each waiting generation can start, of all tenants together. In the order of the policy. */
export function startForecasts(places: Places): ReadonlyMap<Place, number> {
  const loads = places.loads();
  const room = places.roomFor(loads.size);
  const starts = new Map<Place, number>();
  const ofTenant = new Map<string, Place[]>();
  for (const place of inOrder(places.queue)) {
    starts.set(place, 0);
    const before = ofTenant.get(place.tenant);
    if (before === undefined) ofTenant.set(place.tenant, [place]);
    else before.push(place);
  }
  for (const [tenant, waiting] of ofTenant) {
    const load = loads.get(tenant) ?? NO_LOAD;
    const others = [...loads].filter(([name]) => name !== tenant).map(([, other]) => other);
    const ownWork = ownWorkBefore(waiting, load, room);
    for (const [index, place] of waiting.entries()) {
      starts.set(place, workOfAll(ownWork[index] ?? 0, load.weight, others));
    }
  }
  return starts;
}

/** Own work that is done before each of a tenant's waiting generations can start, in their order. */
function ownWorkBefore(waiting: readonly Place[], { running, inFlight }: TenantLoad, room: number): readonly number[] {
  const each = running.length === 0 ? 1 : inFlight / running.length;
  // All that run go on in turn: while one batch is made, the others' next calls come.
  const together = Math.max(1, Math.floor(room / each), running.length);
  const work = [...running.toSorted((a, b) => a - b), ...waiting.map(({ evaluations }) => evaluations)];
  const ends = workUntilEnds(work, together);
  // More may run than there is room for, since there are more tenants than when they began.
  const surplus = Math.max(0, Math.ceil((inFlight - room) / each));
  return waiting.map((_, index) => ends[index + surplus] ?? ends.at(-1) ?? 0);
}
