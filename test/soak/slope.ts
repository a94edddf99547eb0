export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The slope of the line through the points by least squares, and its bound from above at 95 %. */
export function slopeOf(points: readonly Point[]): { readonly slope: number; readonly upper: number } {
  const n = points.length;
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / n;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const residual = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, upper: slope + 1.96 * Math.sqrt(residual / (n - 2) / spread) };
}
