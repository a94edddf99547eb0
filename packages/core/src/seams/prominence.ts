/** What a line is compared with: the same figure of lines beside it. */
export interface Neighbourhood {
  /** Distances in pixels, to both sides. */
  readonly distances: readonly number[];
  /** Lines nearer to the image's border have no such figure. */
  readonly margin: number;
  /** Whether the last line is beside the first. */
  readonly wraps: boolean;
  /** What is too little to be seen; added to both sides, so that nothing over nothing is 1. */
  readonly floor: number;
}

/** How much a line stands out from those beside it: 1 is not at all. `undefined` where it cannot be told. */
export function prominence(profile: Float64Array, line: number, neighbourhood: Neighbourhood): number | undefined {
  const { distances, floor } = neighbourhood;
  const own = figureAt(profile, line, neighbourhood);
  const beside = distances
    .flatMap((distance) => [line - distance, line + distance])
    .map((neighbour) => figureAt(profile, neighbour, neighbourhood))
    .filter((figure) => figure !== undefined);
  if (own === undefined || beside.length === 0) return undefined;
  const mean = beside.reduce((sum, figure) => sum + figure, 0) / beside.length;
  return (own + floor) / (mean + floor);
}

function figureAt(profile: Float64Array, line: number, { margin, wraps }: Neighbourhood): number | undefined {
  const { length } = profile;
  if (wraps) return profile[(line + length) % length];
  return line < margin || line > length - margin ? undefined : profile[line];
}

export function geometricMean(values: readonly number[]): number {
  return values.length === 0 ? 1 : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
