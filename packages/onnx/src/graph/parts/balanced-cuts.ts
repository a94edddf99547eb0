/** After which operator a graph may be cut, and what that means. */
export interface CutPlace {
  readonly position: number;
  /** Weight bytes of the operators up to here. */
  readonly weightBefore: number;
  /** Bytes that cross here; infinite where a cut is impossible. */
  readonly crossingBytes: number;
}

/** How much heavier than the best balance a part may be for the sake of fewer crossing bytes. */
const SLACK = 1.1;

/**
 * Chooses `count − 1` of the places (in order of position; the last is the end
 * of the graph and no cut): first the heaviest part is made as light as it can
 * be, then, within a tenth of that, the crossing bytes fewest.
 * @returns the positions to cut after, or undefined when there are too few places.
 */
export function balancedCuts(places: readonly CutPlace[], count: number): readonly number[] | undefined {
  const lightest = bestPath(places, count, (weight) => weight, Math.max, Number.POSITIVE_INFINITY);
  if (lightest === undefined) return undefined;
  const limit = lightest.cost * SLACK;
  return bestPath(
    places,
    count,
    (_, crossing) => crossing,
    (a, b) => a + b,
    limit,
  )?.cuts;
}

interface Path {
  readonly cost: number;
  readonly cuts: readonly number[];
}

/** Dynamic programming over places: `paths[i]` is the cheapest way to have a part end at place i. */
function bestPath(
  places: readonly CutPlace[],
  count: number,
  cost: (partWeight: number, crossingBytes: number) => number,
  combine: (a: number, b: number) => number,
  heaviestPart: number,
): Path | undefined {
  const end = places.length - 1;
  let paths = places.map(({ weightBefore, crossingBytes }, i): Path | undefined => {
    const crossing = i === end ? 0 : crossingBytes;
    if (weightBefore > heaviestPart || !Number.isFinite(crossing)) return undefined;
    return { cost: cost(weightBefore, crossing), cuts: [] };
  });
  for (let part = 1; part < count; part++) {
    paths = places.map((place, i) => extended(i, place, paths));
  }
  return paths[end];

  function extended(i: number, place: CutPlace, before: readonly (Path | undefined)[]): Path | undefined {
    const crossing = i === end ? 0 : place.crossingBytes;
    if (!Number.isFinite(crossing)) return undefined;
    let best: Path | undefined;
    for (let j = i - 1; j >= 0; j--) {
      const from = places[j] as CutPlace;
      const weight = place.weightBefore - from.weightBefore;
      if (weight > heaviestPart) break;
      const path = before[j];
      if (path === undefined) continue;
      const total = combine(path.cost, cost(weight, crossing));
      if (best === undefined || total < best.cost) best = { cost: total, cuts: [...path.cuts, from.position] };
    }
    return best;
  }
}
