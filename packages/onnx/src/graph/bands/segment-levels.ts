import { uncuttable } from '../uncuttable.js';
import type { BandStep, BandSteps } from './band-steps.js';
import type { RowLayout } from './row-layout.js';

/** Steps that run together, on bands or on the whole image. */
export interface StepGroup {
  readonly kind: 'banded' | 'whole';
  readonly steps: readonly BandStep[];
}

interface Place {
  readonly level: number;
  readonly kind: 'banded' | 'whole';
  /** Rows of a neighbour have already gone into it since its level began: the next rows need an exchange first. */
  readonly hasReached: boolean;
}

/**
 * Puts every step as early as it can be. A level ends where bands must talk to
 * each other: at a normalisation, which needs the statistics of all; before a
 * second convolution, which needs rows of a neighbour's result (they are
 * exchanged, not computed twice); and around what needs the whole image.
 * @throws TesseraError failed_precondition for a step that needs the whole image above the latent's size: bands would
 * save no memory.
 */
export function segmentLevels(layout: RowLayout, steps: BandSteps): readonly StepGroup[] {
  const places = new Map<string, Place>();
  const input = layout.view.index.model.inputs[0]?.name as string;
  places.set(input, { level: 0, kind: 'banded', hasReached: false });
  const levels: { banded: BandStep[]; whole: BandStep[] }[] = [];
  for (const step of steps.steps) {
    const place = placeOf(layout, step, steps.inputs(step), places);
    for (const name of steps.outputs(step)) places.set(name, place);
    while (levels.length <= place.level) levels.push({ banded: [], whole: [] });
    levels[place.level]?.[place.kind].push(step);
  }
  return levels
    .flatMap(({ banded, whole }): StepGroup[] => [
      { kind: 'banded', steps: banded },
      { kind: 'whole', steps: whole },
    ])
    .filter((group) => group.steps.length > 0);
}

function placeOf(
  layout: RowLayout,
  step: BandStep,
  inputs: readonly string[],
  places: ReadonlyMap<string, Place>,
): Place {
  const sources = inputs.map((name) => places.get(name) as Place);
  if (step.type === 'whole') {
    for (const name of inputs) {
      const rows = layout.rowsPerLatentRow(name);
      if (rows !== undefined && rows > 1) {
        throw uncuttable(step.operator, `needs all of ${name}, an image of ${rows} rows for each row of the latent`);
      }
    }
    const level = Math.max(...sources.map(({ level, kind }) => (kind === 'whole' ? level : level + 1)));
    return { level, kind: 'whole', hasReached: false };
  }
  const earliest = Math.max(...sources.map(({ level, kind }) => (kind === 'whole' ? level + 1 : level)));
  if (step.type === 'norm') return { level: earliest + (isBanded(sources) ? 1 : 0), kind: 'banded', hasReached: false };
  const reached = sources.some(({ level, kind, hasReached }) => kind === 'banded' && level === earliest && hasReached);
  const isConvolution = reachesNeighbours(step);
  const mustExchange = reached && (isConvolution || step.rule.type === 'upsample');
  return {
    level: mustExchange ? earliest + 1 : earliest,
    kind: 'banded',
    hasReached: isConvolution || (reached && !mustExchange),
  };
}

/** A tensor that a whole step made is measured where its bands are handed out, which is a level's end already. */
function isBanded(sources: readonly Place[]): boolean {
  return sources.every(({ kind }) => kind === 'banded');
}

function reachesNeighbours(step: BandStep): boolean {
  if (step.type !== 'rows') return false;
  if (step.rule.type === 'convolution') return step.rule.above > 0 || step.rule.below > 0;
  return step.rule.type === 'transposed';
}
