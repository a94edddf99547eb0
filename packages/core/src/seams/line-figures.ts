import { type EdgeLines, interiorLines, linesAlike } from './edge-lines.js';

/** What is too little to be seen, in levels of 255; added on both sides of a ratio, so that nothing over nothing is 1. */
const FLOOR = 0.1;

/** Of every edge its figure over the median of the lines it is compared with. */
export function ratiosOfEdges(lines: EdgeLines, profile: Float64Array): readonly number[] {
  const at = (line: number) => profile[line] as number;
  const usual = median(linesAlike(lines).map(at));
  return lines.edges.map((edge) => (at(edge) + FLOOR) / (usual + FLOOR));
}

/** Of every edge the distance from the mean of all interior lines, in their standard deviations. */
export function zScoresOfEdges(lines: EdgeLines, profile: Float64Array): readonly number[] {
  const interior = interiorLines(lines).map((line) => profile[line] as number);
  const centre = mean(interior);
  const deviation = Math.sqrt(mean(interior.map((value) => (value - centre) ** 2)));
  return lines.edges.map((edge) => (deviation === 0 ? 0 : ((profile[edge] as number) - centre) / deviation));
}

/** 0 of none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [lower, upper] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((lower ?? 0) + (upper ?? 0)) / 2;
}
