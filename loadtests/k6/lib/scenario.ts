import type { Options, Scenario } from 'k6/options';
import { failed } from './metrics.ts';

/** Of every trend; the count tells a measured zero from nothing measured. */
const TREND_STATS = ['count', 'min', 'med', 'avg', 'p(90)', 'p(95)', 'p(99)', 'max'];

export function scenarioOptions(
  scenarios: Record<string, Scenario>,
  thresholds: Record<string, readonly string[]>,
): Options {
  const copied = Object.fromEntries(Object.entries(thresholds).map(([metric, limits]) => [metric, [...limits]]));
  return { scenarios, thresholds: copied, summaryTrendStats: TREND_STATS, setupTimeout: '120s' };
}

/** One iteration. What it throws is a failure of the run; k6 itself would only log it. */
export async function counted(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (thrown) {
    failed.add(true);
    throw thrown;
  }
}

const { TESSERA_LOADTEST_SUMMARY } = __ENV;

/** Gives k6's end-of-test numbers to the runner; printed where there is none. */
export function handleSummary(data: object): Record<string, string> {
  return { [TESSERA_LOADTEST_SUMMARY ?? 'stdout']: `${JSON.stringify(data, null, 2)}\n` };
}
