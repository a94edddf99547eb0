import { type Bus, type LagMonitor, observeProcess, type Telemetry } from '@tessera/runtime';
import type { Admission } from '../admission.js';
import type { Ledger } from '../ledger.js';
import type { WorkerLink } from '../workers/worker-link.js';
import type { Workers } from '../workers/workers.js';
import { workFigures } from './work-figures.js';

export interface FiguresOfGateway {
  readonly admission: Admission;
  readonly workers: Workers;
  readonly bus: Bus;
  readonly ledger: Ledger;
  readonly lag: LagMonitor;
}

/** What a gateway tells when its metrics are read. */
export function observeGateway({ metrics }: Telemetry, gateway: FiguresOfGateway): void {
  const { admission, workers, bus, ledger, lag } = gateway;
  const only = (value: number) => [{ value, labels: {} }];
  observeProcess(metrics, lag);
  metrics.observe('tessera_work_seconds', () => workFigures(admission, workers));
  metrics.observe('tessera_generations_waiting', () => only(admission.queued));
  metrics.observe('tessera_generations_running', () => only(admission.running));
  metrics.observe('tessera_workers', () => counted(workers.links));
  metrics.observe('tessera_gateways', () => only(bus.presence.list().length));
  metrics.observe('tessera_bus_connected_seconds_total', () => only(bus.connectedMs() / 1000));
  metrics.observe('tessera_held', () =>
    ledger.counts().map(({ kind, taken, released }) => ({ value: taken - released, labels: { kind } })),
  );
}

function counted(links: readonly WorkerLink[]) {
  const counts = new Map<string, ReturnType<typeof figureOf> & { readonly value: number }>();
  for (const link of links) {
    const figure = figureOf(link);
    const key = `${figure.labels.stage} ${figure.labels.state}`;
    counts.set(key, { ...figure, value: (counts.get(key)?.value ?? 0) + 1 });
  }
  return counts.values();
}

/** A worker that has never answered may be of any stage. */
function figureOf({ description, state }: WorkerLink) {
  return { labels: { stage: description?.stage ?? ('unknown' as const), state } };
}
