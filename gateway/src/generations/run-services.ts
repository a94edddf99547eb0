import type { GenerationLog, LiveChannel, Logger, ObjectStore, Telemetry } from '@tessera/runtime';
import type { CheckpointPacing } from '../checkpoints/checkpoint-pacing.js';
import type { LiveStates } from '../checkpoints/live-states.js';
import type { Ledger } from '../ledger.js';
import type { Protections } from '../protections.js';
import type { ConditioningCache } from '../stages/conditioning-cache.js';
import type { Dispatcher } from '../stages/dispatcher.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Results } from './results.js';

/** What of this gateway every generation it runs makes use of. */
export interface RunServices {
  readonly gatewayId: string;
  readonly arithmeticVersion: string;
  readonly log: GenerationLog;
  readonly live: LiveChannel;
  readonly objects: ObjectStore;
  readonly pacing: CheckpointPacing;
  readonly liveStates: LiveStates;
  readonly results: Results;
  readonly dispatcher: Dispatcher;
  readonly cache: ConditioningCache;
  readonly tenants: Pick<Tenants, 'weightOf'>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly ledger: Ledger;
  readonly protections: Protections;
  /** Aborted when this gateway ends its streams. */
  readonly closing: AbortSignal;
}
