import { durableSequence, type GenerationEvent, type GenerationRecord } from '@tessera/core';
import { type Generation, planSummary, wireFromEvent, wireFromGenerationState, wireFromPlan } from '@tessera/proto';

/** A generation's record as callers see it. */
export function wireFromRecord(record: GenerationRecord): Generation {
  const { generationId, state, createdAtMs, plan, terminal, request } = record;
  const sequence = durableSequence(record);
  const result: GenerationEvent | undefined = terminal && { generationId, sequence, ...terminal };
  return {
    generationId,
    state: wireFromGenerationState(state),
    createTime: { seconds: Math.floor(createdAtMs / 1000), nanos: (createdAtMs % 1000) * 1e6 },
    plan: wireFromPlan(planSummary(plan)),
    sequence,
    prompt: request.prompt,
    ...(result && { result: wireFromEvent(result) }),
  };
}
