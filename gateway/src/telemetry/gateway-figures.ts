import { type Bus, type LagMonitor, METRICS, observeProcess, type Telemetry } from '@tessera/runtime';
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

/** Every stage in every state, so that none that is ready is a number too; a worker that never answered may be of any stage. */
function counted(links: readonly WorkerLink[]) {
  const { stage: stages, state: states } = METRICS.tessera_workers.labels;
  return stages.flatMap((stage) =>
    states.map((state) => ({
      labels: { stage, state },
      value: links.filter((link) => link.state === state && (link.description?.stage ?? 'unknown') === stage).length,
    })),
  );
}
