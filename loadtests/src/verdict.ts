/** What k6 hands to `handleSummary`, as far as it is read. */
export interface K6Summary {
  readonly metrics: Readonly<Record<string, K6Metric>>;
  readonly state: { readonly testRunDurationMs: number };
}

export interface K6Metric {
  readonly type: 'trend' | 'rate' | 'counter' | 'gauge';
  readonly contains: string;
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** One threshold and how it went. */
export interface JudgedThreshold {
  readonly metric: string;
  /** As k6 has it: `p(95)<500`. */
  readonly limit: string;
  /** What the limit is about; `null` when nothing was measured. */
  readonly value: number | null;
  readonly pass: boolean;
}

export interface Verdict {
  readonly pass: boolean;
  readonly thresholds: readonly JudgedThreshold[];
}

/** k6's judgement of every threshold, but one on nothing measured, which k6 lets pass, is failed. */
export function verdictOf({ metrics }: K6Summary): Verdict {
  const thresholds = Object.entries(metrics).flatMap(([metric, { type, values, thresholds: judged = {} }]) =>
    Object.entries(judged).map(([limit, { ok }]) => {
      const isMeasured = samples(type, values) > 0;
      const value = isMeasured ? (values[statisticOf(limit)] ?? null) : null;
      return { metric, limit, value, pass: ok && isMeasured };
    }),
  );
  return { pass: thresholds.length > 0 && thresholds.every(({ pass }) => pass), thresholds };
}

function samples(type: K6Metric['type'], values: K6Metric['values']): number {
  if (type === 'trend') return values.count ?? 0;
  if (type === 'rate') return (values.passes ?? 0) + (values.fails ?? 0);
  return 1;
}

function statisticOf(limit: string): string {
  return /^\s*([a-z]+(?:\([\d.]+\))?)/.exec(limit)?.[1] ?? '';
}

/** The thresholds, and beside them what else was measured, one a line. */
export function verdictText(scenario: string, summary: K6Summary, { pass, thresholds }: Verdict): string {
  const failed = thresholds.filter((each) => !each.pass);
  const head = pass
    ? `${scenario}: passed`
    : `${scenario}: FAILED, ${failed.length} of ${thresholds.length} thresholds`;
  const judged = thresholds.map(({ metric, limit, value, pass: ok }) => {
    const unit = summary.metrics[metric]?.contains === 'time' ? ' ms' : '';
    const measured = value === null ? 'not measured' : `${rounded(value)}${unit}`;
    return `  ${ok ? 'ok    ' : 'FAILED'} ${metric.padEnd(NAME_WIDTH)} ${limit.padEnd(LIMIT_WIDTH)} ${measured}`;
  });
  return `${[head, ...judged, '', ...measurements(summary)].join('\n')}\n`;
}

const NAME_WIDTH = 36;
const LIMIT_WIDTH = 14;

const STATISTICS = { trend: ['med', 'p(95)', 'max', 'count'], rate: ['rate'], counter: ['count'], gauge: ['value'] };

function measurements({ metrics }: K6Summary): readonly string[] {
  return Object.entries(metrics)
    .filter(([name]) => name.startsWith('tessera_') || name === 'dropped_iterations')
    .sort(([a], [b]) => a.localeCompare(b))
    .filter(([, { type, values }]) => samples(type, values) > 0)
    .map(([name, { type, contains, values }]) => {
      const unit = contains === 'time' ? ' ms' : '';
      const told = STATISTICS[type].flatMap((key) => {
        const value = values[key];
        return value === undefined ? [] : [`${key} ${rounded(value)}${key === 'count' ? '' : unit}`];
      });
      return `         ${name.padEnd(NAME_WIDTH)} ${told.join('   ')}`;
    });
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
