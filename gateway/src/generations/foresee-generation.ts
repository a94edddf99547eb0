import { encodePrompts, type GenerationRecord, type ModelCard } from '@tessera/core';
import { createRemoteStages } from '../stages/remote-stages.js';
import type { RunServices } from './run-services.js';

/**
 * Has the prompts of a generation encoded, into this gateway's cache, before it
 * is known whether it will run here. Nobody waits for it, and nothing is lost
 * when it fails.
 */
export function foreseeGeneration(services: RunServices, record: GenerationRecord, card: ModelCard): void {
  const { generationId, request, plan } = record;
  const { tenant, priority } = request;
  const stages = createRemoteStages({
    ...services,
    ...{ card, plan, generationId, tenant, priority },
    // Of denoisers, which are not asked.
    numericClass: '',
    weight: services.tenants.weightOf(tenant),
    timeLeftMs: () => undefined,
    signal: services.closing,
  });
  encodePrompts(request, plan, stages, services.closing).catch(() => {});
}
