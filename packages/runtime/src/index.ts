export { BoundedMap } from './bounded-map.js';
export * from './bus/index.js';
export { type ExitCode, exitCodeOf } from './exit-code.js';
export { createLagMonitor, type LagMonitor } from './lag-monitor.js';
export { type LinkedSignal, linkSignals } from './link-signals.js';
export { createLogger, LOG_LEVELS, type LogFields, type Logger, type LogLevel, loggerOn } from './logger.js';
export { readyLine } from './ready-line.js';
export { type ClientConstructor, connectChannel, type ServiceChannel } from './rpc/channel.js';
export { createHealthState, HEALTH_SERVICE, type HealthState } from './rpc/health.js';
export { INNER_CHANNEL_OPTIONS, MAX_MESSAGE_BYTES, SERVER_OPTIONS } from './rpc/options.js';
export {
  type RunningServer,
  type ServedService,
  type ServerSetup,
  startHealthServer,
  startServer,
} from './rpc/server.js';
export { type MainContext, runMain } from './run-main.js';
export * from './settings/index.js';
export { SUPERVISED_ENV, SUPERVISOR_KEY_ENV, shutdownSignal } from './shutdown.js';
export * from './telemetry/index.js';
export * from './tls/index.js';
export * from './worker/index.js';
export { readYamlFile } from './yaml-file.js';
