export { formatAddress, type HostAndPort, isLoopback, parseAddress } from './address.js';
export {
  defineSettings,
  type Environment,
  flagOf,
  keyOf,
  optional,
  required,
  type SettingDefinition,
  type SettingDefinitions,
  type SettingValues,
  type SettingWithFallback,
  setting,
  variableOf,
} from './definition.js';
export { DENOISER_PART_SETTINGS, DENOISER_SETTINGS, MOST_PARTS, type PartChoice } from './denoiser-settings.js';
export { GATEWAY_SETTINGS } from './gateway-settings.js';
export { defaultHome } from './home.js';
export {
  type ResolvedSetting,
  type ResolvedSettings,
  resolveSettings,
  type SettingSource,
  type SettingSources,
} from './resolve.js';
export { SHARED_SETTINGS } from './shared.js';
export type { ValueType } from './value-types.js';
export * as valueTypes from './value-types.js';
export { WORKER_SETTINGS } from './worker-settings.js';
