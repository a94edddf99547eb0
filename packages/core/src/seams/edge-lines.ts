/** Pixels on each side of an edge whose lines show it too: a decoder blurs a step over them. */
const EXCLUDED = 2;

/** The edges of one axis, and the lines that they are compared with. */
export interface EdgeLines {
  readonly axis: 'x' | 'y';
  /** Pixels. */
  readonly extent: number;
  readonly edges: readonly number[];
  readonly period: number;
}

/** Every line inside the image that is no edge and not within 2 pixels of one. */
export function interiorLines({ extent, edges }: EdgeLines): readonly number[] {
  const wraps = edges[0] === 0;
  const distance = (line: number, edge: number) => {
    const apart = Math.abs(line - edge);
    return wraps ? Math.min(apart, extent - apart) : apart;
  };
  return Array.from({ length: extent - 1 }, (_, i) => i + 1).filter((line) =>
    edges.every((edge) => distance(line, edge) > EXCLUDED),
  );
}

/**
 * Of the interior lines those at the same offset in the first stage's cell as
 * the edges, which all lie between two cells; where edges leave none of these,
 * all of them, and where they leave none at all, the edges themselves.
 */
export function linesAlike(lines: EdgeLines): readonly number[] {
  const interior = interiorLines(lines);
  const alike = interior.filter((line) => line % lines.period === 0);
  if (alike.length > 0) return alike;
  return interior.length > 0 ? interior : lines.edges;
}
