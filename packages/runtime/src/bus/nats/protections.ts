/**
 * What keeps the logs and objects of a cluster true. All of it is on; a test
 * turns one off to show that nothing else holds in its place.
 */
export interface BusProtections {
  /** An append names the entry that its writer last saw, and the server refuses it after another one. */
  readonly expectsSequence: boolean;
  /** The bytes of an object are compared with the checksum with which they were stored. */
  readonly checksObjects: boolean;
}

export const BUS_PROTECTIONS: BusProtections = { expectsSequence: true, checksObjects: true };
