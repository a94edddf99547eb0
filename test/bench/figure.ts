/** One line of the bench's table: a ratio within one run, so that machines and their noise cancel out. */
export interface Figure {
  readonly name: string;
  readonly ratio: number;
  /** What was divided by what, with the plain numbers. */
  readonly of: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

const NAME_WIDTH = 62;

export function printTable(figures: readonly Figure[]): void {
  for (const { name, ratio, of } of figures)
    console.log(`${name.padEnd(NAME_WIDTH)} ${ratio.toFixed(3).padStart(8)}  ${of}`);
}
