/** What one tenant has at a gateway. Work is in evaluations, as the queue counts it. */
export interface TenantBacklog {
  readonly tenant: string;
  /** That its running generations still need. */
  readonly running: number;
  /** Generations that wait. */
  readonly waiting: number;
  readonly waitingWork: number;
}

/** What a gateway says of itself, with every beat. */
export interface GatewayBeat {
  readonly gatewayId: string;
  /** Where clients and other gateways reach it. */
  readonly address: string;
  readonly pid: number;
  readonly running: number;
  readonly queued: number;
  /** Work that waits there, as the time it takes. */
  readonly backlogMs?: number;
  /** By tenant. */
  readonly backlogs?: readonly TenantBacklog[];
  /** Work done since it began, in milliseconds of the whole cluster as its workers described themselves. */
  readonly doneMs?: number;
  /** Requests refused for want of room or time since it began. */
  readonly refused?: number;
  /** How long the latest of these decisions took, at the 99th percentile. */
  readonly refusalP99Ms?: number;
  readonly uptimeMs: number;
  /** Its uptime when it renewed its leases last; without it, it does so with every beat. */
  readonly renewedMs?: number;
  /** It goes down and takes nothing any more. */
  readonly draining?: boolean;
  readonly arithmeticVersion: string;
  readonly eventLoopLagP99Ms: number;
  readonly rssBytes: number;
  /** What it took and gave back since it began, by kind. */
  readonly ledger?: readonly { readonly kind: string; readonly taken: number; readonly released: number }[];
}

export type PresenceChange =
  | { readonly type: 'joined'; readonly beat: GatewayBeat }
  | { readonly type: 'left'; readonly gatewayId: string; readonly reason: 'withdrawn' | 'silent' };

/**
 * Which gateways there are. Absence is judged by the observer: a gateway is
 * gone when this Bus, by its own monotonic clock, has not heard it renew its
 * leases for {@link PRESENCE_EXPIRY_MS}. No clock is compared with another machine's.
 */
export interface Presence {
  /** Sends one beat; a gateway does so every {@link BEAT_INTERVAL_MS}. */
  announce(beat: GatewayBeat): Promise<void>;
  /** Leaves at once, without waiting to be missed. */
  withdraw(gatewayId: string): Promise<void>;
  /** The newest beat of each present gateway. */
  list(): readonly GatewayBeat[];
  /** Milliseconds since a gateway was heard to renew its leases; `undefined` of one that never was, or has left. */
  silentMs(gatewayId: string): number | undefined;
  /** The present gateways as `joined`, then every change. Ends when the signal is aborted. */
  watch(signal: AbortSignal): AsyncIterable<PresenceChange>;
}

export const BEAT_INTERVAL_MS = 1_000;
/** A gateway renews its leases this often: a third of the time after which it is missed. */
export const RENEWAL_INTERVAL_MS = 2_000;
export const PRESENCE_EXPIRY_MS = 6_000;
