import {
  type BandHolder,
  type BandPlan,
  type BandReport,
  type GivenToBand,
  type GroupStatistics,
  LocalBand,
  runBands,
  type SegmentRun,
  type TypedTensor,
} from '@tessera/onnx';

/** Sums that ONNX Runtime's InstanceNormalization keeps side by side (Eigen's reduction: two packets of four). */
const LANES = 8;

/**
 * Runs a planned network as one band with the statistics that the uncut graph
 * takes: sums in float32, which over millions of values lose digits.
 */
export async function runWithSinglePrecisionSums(
  plan: BandPlan,
  run: SegmentRun,
  input: TypedTensor,
): Promise<TypedTensor> {
  const rows = input.shape[2] as number;
  const band = new WithSums(plan, new LocalBand(plan, { start: 0, end: rows }, rows, run));
  for await (const result of runBands(plan, [band], run, input)) return result.rows;
  throw new Error('a network without rows');
}

class WithSums implements BandHolder {
  readonly band: BandHolder['band'];
  readonly #plan: BandPlan;
  readonly #inner: BandHolder;

  constructor(plan: BandPlan, inner: BandHolder) {
    this.band = inner.band;
    this.#plan = plan;
    this.#inner = inner;
  }

  async place(tensor: string, rows: TypedTensor): Promise<BandReport> {
    return this.#measured(await this.#inner.place(tensor, rows));
  }

  async advance(segment: number, given: GivenToBand): Promise<BandReport> {
    return this.#measured(await this.#inner.advance(segment, given));
  }

  rows(tensor: string): Promise<TypedTensor> {
    return this.#inner.rows(tensor);
  }

  async #measured(report: BandReport): Promise<BandReport> {
    const statistics: Record<number, GroupStatistics> = {};
    for (const at of Object.keys(report.statistics).map(Number)) {
      const { input, groups } = this.#plan.norms[at] as BandPlan['norms'][number];
      statistics[at] = singlePrecisionStatistics(await this.#inner.rows(input), groups);
    }
    return { ...report, statistics };
  }
}

function singlePrecisionStatistics({ shape, data }: TypedTensor, groups: number): GroupStatistics {
  const [, channels, rows, columns] = shape as [number, number, number, number];
  const count = (channels / groups) * rows * columns;
  const means = new Float64Array(groups);
  const m2s = new Float64Array(groups);
  const values = data as Float32Array;
  const lanes = new Float32Array(LANES);
  for (let group = 0; group < groups; group += 1) {
    const from = group * count;
    lanes.fill(0);
    for (let i = 0; i < count; i += 1) lanes[i % LANES] = (lanes[i % LANES] as number) + (values[from + i] as number);
    const mean = Math.fround(lanes.reduce((sum, lane) => Math.fround(sum + lane)) / count);
    lanes.fill(0);
    for (let i = 0; i < count; i += 1) {
      const distance = Math.fround((values[from + i] as number) - mean);
      lanes[i % LANES] = (lanes[i % LANES] as number) + Math.fround(distance * distance);
    }
    means[group] = mean;
    m2s[group] = lanes.reduce((sum, lane) => Math.fround(sum + lane));
  }
  return { count, groups, means, m2s };
}
