import type { ModelCard } from '@tessera/core';
import { WORKER_STAGES } from './worker-description.js';
import type { WorkerLink } from './worker-link.js';

/** What the gateway needs to know of its workers to say which models there are. */
export type CatalogueWorker = Pick<WorkerLink, 'state' | 'description'>;

/**
 * The models that every stage serves with equal weights, by name.
 *
 * @param workers those to consider: live ones for what can run now, all ever seen for what may run again soon.
 */
export function completeModels(workers: readonly CatalogueWorker[]): readonly ModelCard[] {
  const found = new Map<string, { readonly card: ModelCard; readonly stages: Set<string> }>();
  for (const { description } of workers) {
    if (description === undefined) continue;
    for (const { sha256, card } of description.models) {
      const entry = found.get(sha256) ?? { card: { ...card, sha256 }, stages: new Set() };
      entry.stages.add(description.stage);
      // Only decoders have read their graph.
      const { decoder } = description.stage === 'decoder' ? card : entry.card;
      found.set(sha256, { ...entry, card: { ...entry.card, decoder } });
    }
  }
  return [...found.values()]
    .filter(({ stages }) => WORKER_STAGES.every((stage) => stages.has(stage)))
    .map(({ card }) => card)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

export function liveModels(workers: readonly CatalogueWorker[]): readonly ModelCard[] {
  return completeModels(workers.filter(({ state }) => state === 'ready'));
}
