export { describeWorker } from './describe-worker.js';
export { type RunProgress, RunWatch, type RunWatchLimits } from './run-watch.js';
export { type FurtherService, serveWorker, type WorkerProtections, type WorkerSetup } from './serve-worker.js';
export { SilenceAlarm } from './silence-alarm.js';
export { STAGE_SERVICES, type StageService, type WorkerStage } from './stages.js';
export { TensorIntake } from './tensor-intake.js';
export type { ProgramLoad, WorkerProgram } from './worker-program.js';
export { BUILT_IN_MODELS, type WorkerSettings, workerSettings } from './worker-settings.js';
