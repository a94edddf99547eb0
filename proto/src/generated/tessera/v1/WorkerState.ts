// Original file: proto/tessera/v1/worker_service.proto

export const WorkerState = {
  WORKER_STATE_UNSPECIFIED: 'WORKER_STATE_UNSPECIFIED',
  WORKER_STATE_STARTING: 'WORKER_STATE_STARTING',
  WORKER_STATE_READY: 'WORKER_STATE_READY',
  WORKER_STATE_DRAINING: 'WORKER_STATE_DRAINING',
  WORKER_STATE_LOST: 'WORKER_STATE_LOST',
  WORKER_STATE_HUNG: 'WORKER_STATE_HUNG',
} as const;

export type WorkerState =
  | 'WORKER_STATE_UNSPECIFIED'
  | 0
  | 'WORKER_STATE_STARTING'
  | 1
  | 'WORKER_STATE_READY'
  | 2
  | 'WORKER_STATE_DRAINING'
  | 3
  | 'WORKER_STATE_LOST'
  | 4
  | 'WORKER_STATE_HUNG'
  | 5

export type WorkerState__Output = typeof WorkerState[keyof typeof WorkerState]
