export { Gateway, type GatewaySetup } from './gateway.js';
export { generationService } from './service.js';
export { ConditioningCache } from './stages/conditioning-cache.js';
export { DISPATCH_LIMITS, Dispatcher, type DispatchLimits } from './stages/dispatcher.js';
export { createRemoteStages, type RemoteStages, type RemoteStagesSetup } from './stages/remote-stages.js';
export { watchWorkerAddresses } from './workers/worker-addresses.js';
export { LINK_TIMES, type LinkTimes } from './workers/worker-link.js';
export { Workers } from './workers/workers.js';
