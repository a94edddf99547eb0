/**
 * Every protection, what it holds, the switch that turns it off, and the test
 * that fails without it. `npm run accept -- engine.8` runs each test both ways.
 */
export interface Protection {
  readonly name: string;
  readonly holds: string;
  /** The constructor argument that turns it off; nothing outside of tests gives it. */
  readonly turnedOffBy: string;
  readonly test: {
    /** Under test/, without `.test.ts`. */
    readonly file: string;
    readonly name: string;
  };
}

export const PROTECTIONS = [
  {
    name: 'cancel-withdraws-calls',
    holds: 'a cancel takes back the calls that wait at workers',
    turnedOffBy: 'GatewaySetup.protections.withdrawsCalls',
    test: {
      file: 'unit/gateway/cancelling',
      name: 'Cancel stops a generation: no further call begins, its stream ends well with cancelled',
    },
  },
  {
    name: 'cancel-skips-decode',
    holds: 'a cancelled generation is not decoded',
    turnedOffBy: 'GatewaySetup.protections.skipsDecode',
    test: {
      file: 'unit/gateway/cancelling',
      name: 'a generation that is cancelled while it waits for a decoder is not decoded',
    },
  },
  {
    name: 'cancel-stops-previews',
    holds: 'a cancelled generation makes no further preview',
    turnedOffBy: 'GatewaySetup.protections.stopsPreviews',
    test: { file: 'unit/gateway/previews', name: 'no preview is made or published once the generation was stopped' },
  },
  {
    name: 'places-are-released',
    holds: 'a generation gives back what it took, however it ends',
    turnedOffBy: 'GatewaySetup.protections.releasesPlaces',
    test: {
      file: 'unit/gateway/ledger',
      name: 'everything that was taken is given back: completed, cancelled, left, out of time, failed',
    },
  },
  {
    name: 'newest-preview-wins',
    holds: 'a stream keeps one preview of each image, the newest',
    turnedOffBy: 'GatewaySetup.protections.newestWins',
    test: {
      file: 'unit/gateway/previews',
      name: 'a slow stream gets the newest preview of each image, and is told how many it did not get',
    },
  },
  {
    name: 'writes-obey-flow-control',
    holds: 'a viewer that stops reading costs one message in flight',
    turnedOffBy: 'GatewaySetup.protections.obeysFlowControl',
    test: {
      file: 'unit/gateway/viewers',
      name: 'a viewer that stops reading is written one message at a time',
    },
  },
  {
    name: 'slow-viewers-are-closed',
    holds: 'a viewer that leaves an event unread for too long is closed with a status, and has left',
    turnedOffBy: 'GatewaySetup.protections.closesSlowViewers',
    test: {
      file: 'unit/gateway/viewers',
      name: 'a viewer that stops reading is closed with a status, and counts as having left',
    },
  },
  {
    name: 'keep-for-counts-all-gateways',
    holds: 'keep_for runs only while nobody watches on any gateway',
    turnedOffBy: 'GatewaySetup.protections.countsAllGateways',
    test: {
      file: 'unit/gateway/keep-for',
      name: 'a generation that is watched on another gateway goes on when its own last watcher leaves',
    },
  },
  {
    name: 'withdrawn-calls-never-start',
    holds: 'a cancelled call leaves the queue of its worker, and the run that was handed over, at once',
    turnedOffBy: 'DenoiserParts.protections.withdrawal',
    test: {
      file: 'unit/services/run-loop',
      name: 'a withdrawn call never starts; the others of the run that was handed over do',
    },
  },
  {
    name: 'worker-runs-in-fair-order',
    holds: 'a worker runs the calls of all tenants in the fair order, not in that of their arrival',
    turnedOffBy: 'DenoiserParts.protections.fairOrder',
    test: {
      file: 'unit/services/run-loop',
      name: 'a tenant with many calls does not hold up one that comes with its first, nor lengthen its run',
    },
  },
  {
    name: 'lost-parts-repeat',
    holds: 'what was at a part of a denoiser whose worker was lost runs there again',
    turnedOffBy: 'PartLink.protections.repeatsLostRuns',
    test: {
      file: 'unit/services/lost-part',
      name: 'what was at a part when its worker was lost runs there again, with what it was fed',
    },
  },
  {
    name: 'readiness-needs-progress',
    holds: 'a worker whose run hangs is not ready, though it answers',
    turnedOffBy: 'WorkerSetup.protections.readinessNeedsProgress',
    test: {
      file: 'unit/services/worker-health',
      name: 'a worker whose run hangs is alive and not ready, and ready again when the run ends after all',
    },
  },
  {
    name: 'dependent-rows-run-alone',
    holds: 'where a row gets other bits in company, every row runs alone',
    turnedOffBy: 'DenoiserParts.protections.dependentRowsRunAlone',
    test: {
      file: 'integration/worker-batch-mates',
      name: 'where company would change a result, each row runs alone and keeps its bits',
    },
  },
  {
    name: 'tenants-share',
    holds: 'a tenant that floods does not keep another from starting, nor from the denoisers',
    turnedOffBy: 'GatewaySetup.protections.fairOrder (AdmissionSetup.fairOrder, CallQueueSetup.fairOrder)',
    test: {
      file: 'unit/gateway/admission',
      name: 'a second tenant starts at once, however many the first one has sent',
    },
  },
  {
    name: 'late-order',
    holds: 'a denoiser is handed no more than keeps it busy, so what comes later may still go first',
    turnedOffBy: 'GatewaySetup.protections.fairOrder (CallQueueSetup.fairOrder)',
    test: {
      file: 'unit/gateway/dispatch',
      name: 'a denoiser is handed what keeps it busy; the rest waits, and another tenant goes before it',
    },
  },
  {
    name: 'late-ones-are-not-begun',
    holds: 'no step is made for a generation that cannot end in its time any more',
    turnedOffBy: 'GatewaySetup.protections.boundsQueue (AdmissionSetup.bounded)',
    test: {
      file: 'unit/gateway/admission',
      name: 'what came in time and cannot end in it any more is not begun',
    },
  },
  {
    name: 'running-is-bounded',
    holds: 'only so many generations run at once as fill the denoisers, so that each of them has pace',
    turnedOffBy: 'GatewaySetup.protections.boundsRunning (AdmissionSetup.boundsRunning)',
    test: {
      file: 'unit/gateway/admission',
      name: 'as many run as fill two batches; the others wait, and hear of their place and of the time',
    },
  },
  {
    name: 'queue-is-bounded',
    holds: 'what may wait is bounded in time, and each tenant leaves room for others',
    turnedOffBy: 'GatewaySetup.protections.boundsQueue (AdmissionSetup.bounded)',
    test: {
      file: 'unit/gateway/admission',
      name: 'work that waits is bounded in time, and a tenant leaves half of it free',
    },
  },
  {
    name: 'stored-before-accepted',
    holds: 'a generation is accepted once its log is stored, not before',
    turnedOffBy: 'GatewaySetup.protections.storesBeforeAccepting',
    test: {
      file: 'unit/gateway/accepting',
      name: 'what was not stored is not accepted: the caller hears unavailable, and nothing of it runs',
    },
  },
  {
    name: 'expected-sequence',
    holds: 'an entry is appended to the log as its writer knows it, so that who lost the lease appends nothing',
    turnedOffBy: 'GatewaySetup.protections.expectsSequence',
    test: {
      file: 'unit/gateway/take-over',
      name: 'of a gateway that was frozen while its generation moved, nothing gets into the log',
    },
  },
  {
    name: 'checkpoint-checksum',
    holds: 'a checkpoint is held against its checksum before anything goes on from it',
    turnedOffBy: 'GatewaySetup.protections.verifiesCheckpoints',
    test: {
      file: 'unit/gateway/resuming',
      name: 'a checkpoint that was changed is found by its checksum, and the one before is used',
    },
  },
  {
    name: 'states-are-told',
    holds: 'a gateway that takes a generation over repeats no step whose result it has heard of',
    turnedOffBy: 'GatewaySetup.protections.tellsStates',
    test: {
      file: 'unit/gateway/told-states',
      name: 'what was told of a lost gateway’s image is not made again, nor is it decoded before it is stored',
    },
  },
  {
    name: 'monotonic-leases',
    holds: 'a lease is judged by the time of the observer’s own that passes, whatever the clock says',
    turnedOffBy: 'GatewaySetup.protections.monotonicLeases',
    test: { file: 'unit/gateway/leases', name: 'a wall clock that is set ends no lease' },
  },
  {
    name: 'silent-gateways-are-left',
    holds: 'a client asks a gateway whose stream is silent whether it is there, and leaves one that is not',
    turnedOffBy: 'connect({ reconnect: { silentMs } }), set to the longest that a timer can be',
    test: {
      file: 'unit/client/silent-gateway',
      name: 'a gateway from which nothing comes any more, though its connection is open, is left for another',
    },
  },
  {
    name: 'calls-end-before-goaway',
    holds: 'while a server drains, the keepalive of a client kills none of its calls',
    turnedOffBy: 'ServerSetup.protections.endsCallsFirst',
    test: {
      file: 'unit/runtime/server',
      name: "a client's keepalive does not kill a call that ends in peace during a shutdown",
    },
  },
  {
    name: 'append-expects-sequence',
    holds: 'a writer that does not know the last entry of a log stores nothing in it',
    turnedOffBy: 'NatsBusSetup.protections.expectsSequence',
    test: {
      file: 'unit/runtime/bus-nats-store',
      name: 'a writer that does not know the last entry stores nothing',
    },
  },
  {
    name: 'objects-are-checked',
    holds: 'an object that is not as it was stored is not used',
    turnedOffBy: 'NatsBusSetup.protections.checksObjects',
    test: { file: 'unit/runtime/bus-nats-store', name: 'an object of 100 bytes that was damaged is found out' },
  },
] as const satisfies readonly Protection[];

export type ProtectionName = (typeof PROTECTIONS)[number]['name'];

/** Names the one protection that a test process runs without; engine.8 sets it. */
export const WITHOUT_VARIABLE = 'TESSERA_TEST_WITHOUT';

/** Whether this test process runs with the protection: what a test passes to the switch. */
export function isOn(name: ProtectionName): boolean {
  return process.env[WITHOUT_VARIABLE] !== name;
}
