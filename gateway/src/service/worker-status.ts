import type { WorkerState__Output, WorkerStatus } from '@tessera/proto';
import { WIRE_OF_STAGE } from '../workers/worker-description.js';
import type { LinkState, WorkerLink } from '../workers/worker-link.js';

const WIRE_OF_STATE = {
  connecting: 'WORKER_STATE_STARTING',
  starting: 'WORKER_STATE_STARTING',
  ready: 'WORKER_STATE_READY',
  draining: 'WORKER_STATE_DRAINING',
  lost: 'WORKER_STATE_LOST',
  hung: 'WORKER_STATE_HUNG',
} as const satisfies Record<LinkState, WorkerState__Output>;

/** A worker as GetClusterStatus tells it; of one that never answered only the address is known. */
export function workerStatus({ address, state, description, beat }: WorkerLink): WorkerStatus {
  const known = description && {
    id: description.workerId,
    stage: WIRE_OF_STAGE[description.stage],
    pid: description.pid,
    device: description.device,
    numericClass: description.numericClass,
    models: description.models.map(({ name }) => name),
  };
  return {
    ...known,
    address,
    state: WIRE_OF_STATE[state],
    load: beat?.load ?? null,
    evaluationsStarted: beat?.evaluationsStarted ?? 0,
  };
}
