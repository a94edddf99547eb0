/**
 * What keeps the trouble of one caller from becoming everybody's. All of it is
 * on; a test turns one off to show that nothing else holds in its place.
 */
export interface Protections {
  /** A cancel takes back the calls that wait at workers. */
  readonly withdrawsCalls: boolean;
  /** A cancelled generation is not decoded. */
  readonly skipsDecode: boolean;
  /** A cancelled generation makes no further preview. */
  readonly stopsPreviews: boolean;
  /** A generation gives back its place among the running ones, however it ends. */
  readonly releasesPlaces: boolean;
  /** Of what may be superseded a stream keeps only the newest. */
  readonly newestWins: boolean;
  /** A stream is written as its client takes it. */
  readonly obeysFlowControl: boolean;
  /** A viewer that leaves an event unread for too long is closed. */
  readonly closesSlowViewers: boolean;
  /** `keep_for` counts only while nobody watches on any gateway. */
  readonly countsAllGateways: boolean;
  /** Tenants share places and denoisers in the order of the core's policy; off, who comes first is served first. */
  readonly fairOrder: boolean;
  /** Only so many generations run at once as fill the denoisers; off, all that are accepted. */
  readonly boundsRunning: boolean;
  /** What may wait is bounded, and what does not fit or would end too late is refused. */
  readonly boundsQueue: boolean;
  /** A generation is accepted once its log is stored; off, before that. */
  readonly storesBeforeAccepting: boolean;
  /** An entry is appended to the log as its writer knows it; off, after whatever is there. */
  readonly expectsSequence: boolean;
  /** A checkpoint is held against its checksum. */
  readonly verifiesCheckpoints: boolean;
  /** The newest state of each image is told to the other gateways; off, only checkpoints are. */
  readonly tellsStates: boolean;
  /** Leases are judged by this process's own monotonic time in touch with the Bus; off, by the wall clock. */
  readonly monotonicLeases: boolean;
}

export const PROTECTIONS: Protections = {
  withdrawsCalls: true,
  skipsDecode: true,
  stopsPreviews: true,
  releasesPlaces: true,
  newestWins: true,
  obeysFlowControl: true,
  closesSlowViewers: true,
  countsAllGateways: true,
  fairOrder: true,
  boundsRunning: true,
  boundsQueue: true,
  storesBeforeAccepting: true,
  expectsSequence: true,
  verifiesCheckpoints: true,
  tellsStates: true,
  monotonicLeases: true,
};
