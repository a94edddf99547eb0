import type { TestContext } from 'node:test';
import type { GenerationRecord } from '@tessera/core';
import { CheckpointPacing, type GatewaySetup } from '@tessera/gateway';
import { type Bus, createGenerationLog, createMemoryBus } from '@tessera/runtime';
import { FreezableBus } from '../../support/freezable-bus.js';
import type { FakeWorker } from './fake-workers.js';
import { startTestGateway, type TestGateway } from './test-gateway.js';

/** Lets a checkpoint be made after every step. */
export class EveryStep extends CheckpointPacing {
  override get intervalMs(): number {
    return 0;
  }
}

/** Lets none be made but those that are waited for. */
export class Never extends CheckpointPacing {
  override get intervalMs(): number {
    return Number.POSITIVE_INFINITY;
  }
}

/** Leases as they are, twenty times as fast; every beat renews them. */
export const FAST_LEASES = { beatMs: 50, renewMs: 50, expiryMs: 300, checkMs: 10, turnMs: 25 };

export interface TwoGateways {
  /** What both share. */
  readonly bus: Bus;
  readonly first: TestGateway & { readonly own: FreezableBus };
  readonly second: TestGateway & { readonly own: FreezableBus };
}

/** Two gateways over one Bus and the same workers; each can be frozen or killed by its own view of the Bus. */
export async function startTwoGateways(
  t: TestContext,
  workers: readonly Pick<FakeWorker, 'address'>[],
  options: Partial<GatewaySetup> & { readonly firstAlone?: Partial<GatewaySetup> } = {},
): Promise<TwoGateways> {
  const { firstAlone, bus: given, ...both } = options;
  const bus = given ?? createMemoryBus({ presenceExpiryMs: FAST_LEASES.expiryMs });
  const start = async (gatewayId: string, more: Partial<GatewaySetup>) => {
    const own = new FreezableBus(bus);
    // Before the gateway's own end, which would wait for a Bus that is frozen.
    t.after(() => own.thaw());
    const gateway = await startTestGateway(t, workers, {
      ...{ gatewayId, bus: own, leaseTimes: FAST_LEASES, checkpointPacing: new EveryStep() },
      ...both,
      ...more,
    });
    return { ...gateway, own };
  };
  const first = await start('first', firstAlone ?? {});
  const second = await start('second', {});
  t.after(() => bus.close());
  return { bus, first, second };
}

/** Resolves with the record once it holds. */
export async function recordWhere(
  bus: Bus,
  generationId: string,
  holds: (record: GenerationRecord) => boolean,
): Promise<GenerationRecord> {
  const log = createGenerationLog(bus);
  const record = await log.read(generationId);
  if (record === undefined) throw new Error(`there is no generation ${generationId}`);
  if (holds(record)) return record;
  for await (const { record: next } of log.follow(record, AbortSignal.timeout(10_000))) if (holds(next)) return next;
  throw new Error(`it never held of ${generationId}`);
}
