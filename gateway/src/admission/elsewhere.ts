import type { GatewayBeat, TenantBacklog } from '@tessera/runtime';
import type { TenantLoad } from './tenant-load.js';

/** What other gateways have of the same workers, by tenant, as they told last. */
export interface Elsewhere {
  readonly loads: ReadonlyMap<string, TenantLoad>;
  /** Work that they have done since they began, in milliseconds of the whole cluster as its workers described them. */
  readonly doneMs: ReadonlyMap<string, number>;
}

export const NOTHING_ELSEWHERE: Elsewhere = { loads: new Map(), doneMs: new Map() };

/** Tenants in a beat; what the smallest of more have is told as nobody's. */
const MOST_TENANTS = 500;

export function elsewhereOf(beats: readonly GatewayBeat[], weightOf: (tenant: string) => number): Elsewhere {
  const loads = new Map<string, TenantLoad>();
  for (const { backlogs = [] } of beats) {
    for (const { tenant, running, waiting, waitingWork } of backlogs) {
      const load = loads.get(tenant);
      loads.set(tenant, {
        weight: load?.weight ?? weightOf(tenant),
        running: [...(load?.running ?? []), running],
        inFlight: 0,
        waiting: (load?.waiting ?? 0) + waiting,
        waitingWork: (load?.waitingWork ?? 0) + waitingWork,
      });
    }
  }
  return { loads, doneMs: new Map(beats.map(({ gatewayId, doneMs = 0 }) => [gatewayId, doneMs])) };
}

/** What a gateway tells of its own loads. */
export function backlogsOf(loads: ReadonlyMap<string, TenantLoad>): readonly TenantBacklog[] {
  const backlogs = [...loads].map(([tenant, { running, waiting, waitingWork }]) => ({
    tenant,
    running: running.reduce((sum, left) => sum + left, 0),
    waiting,
    waitingWork,
  }));
  if (backlogs.length <= MOST_TENANTS) return backlogs;
  const largestFirst = backlogs.sort((a, b) => b.running + b.waitingWork - a.running - a.waitingWork);
  const rest = largestFirst.slice(MOST_TENANTS).reduce((sum, one) => ({
    tenant: '',
    running: sum.running + one.running,
    waiting: sum.waiting + one.waiting,
    waitingWork: sum.waitingWork + one.waitingWork,
  }));
  return [...largestFirst.slice(0, MOST_TENANTS), { ...rest, tenant: '' }];
}
