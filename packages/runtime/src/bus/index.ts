export type { Bus, BusPatience } from './bus.js';
export {
  createGenerationLog,
  type GenerationLog,
  type GenerationNotice,
  type RecordedEntry,
} from './generation-log.js';
export {
  type LiveChannel,
  type LiveMessage,
  MAX_LIVE_BYTES,
  MAX_WAITING_BYTES,
  MAX_WAITING_MESSAGES,
} from './live-channel.js';
export { decodeLogEntry, encodeLogEntry } from './log-entry-codec.js';
export {
  type AppendOptions,
  isLogConflict,
  type LogNotice,
  type LogStore,
  logConflict,
  MAX_ENTRY_BYTES,
  type StoredEntry,
} from './log-store.js';
export { createMemoryBus } from './memory-bus.js';
export { connectNatsBus, type NatsBusSetup } from './nats/nats-bus.js';
export type { NatsSecurity } from './nats/nats-security.js';
export type { BusProtections } from './nats/protections.js';
export { STORE_EMPTIED } from './nats/store-identity.js';
export { isObjectDamaged, type ObjectStore, type ObjectSummary, objectDamaged } from './object-store.js';
export {
  BEAT_INTERVAL_MS,
  type GatewayBeat,
  PRESENCE_EXPIRY_MS,
  type Presence,
  type PresenceChange,
  RENEWAL_INTERVAL_MS,
  type TenantBacklog,
} from './presence.js';
export { PresenceObserver } from './presence-observer.js';
