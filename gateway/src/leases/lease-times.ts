import { BEAT_INTERVAL_MS, PRESENCE_EXPIRY_MS, RENEWAL_INTERVAL_MS } from '@tessera/runtime';

export interface LeaseTimes {
  /** A gateway says this often how it is. */
  readonly beatMs: number;
  /** And this often, with a beat, that it renews its leases. */
  readonly renewMs: number;
  /** Silent for longer, it has lost them. */
  readonly expiryMs: number;
  /** At least this often it is seen to; and when a lease, or a turn, ends. */
  readonly checkMs: number;
  /** The next gateway in the order waits so long for the one before. */
  readonly turnMs: number;
}

export const LEASE_TIMES: LeaseTimes = {
  beatMs: BEAT_INTERVAL_MS,
  renewMs: RENEWAL_INTERVAL_MS,
  expiryMs: PRESENCE_EXPIRY_MS,
  checkMs: 200,
  turnMs: 500,
};
