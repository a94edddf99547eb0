import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type K6Summary, verdictOf, verdictText } from '@tessera/loadtests';

const trend = (count: number, p95: number, limits: Readonly<Record<string, { readonly ok: boolean }>>) => ({
  type: 'trend' as const,
  contains: 'time',
  values: { count, min: 0, med: p95, avg: p95, 'p(95)': p95, max: p95 },
  thresholds: limits,
});

const summaryOf = (metrics: K6Summary['metrics']): K6Summary => ({ metrics, state: { testRunDurationMs: 1_000 } });

test('a run passes when every threshold does', () => {
  const { pass, thresholds } = verdictOf(
    summaryOf({ tessera_total: trend(3, 120, { 'p(95)<200': { ok: true }, 'max<300': { ok: true } }) }),
  );
  assert.equal(pass, true);
  assert.deepEqual(thresholds, [
    { metric: 'tessera_total', limit: 'p(95)<200', value: 120, pass: true },
    { metric: 'tessera_total', limit: 'max<300', value: 120, pass: true },
  ]);
});

test('one threshold that k6 found crossed fails the run', () => {
  const summary = summaryOf({
    tessera_total: trend(3, 120, { 'p(95)<200': { ok: true } }),
    tessera_failed: {
      type: 'rate',
      contains: 'default',
      values: { rate: 0.25, passes: 1, fails: 3 },
      thresholds: { 'rate==0': { ok: false } },
    },
  });
  const verdict = verdictOf(summary);
  assert.equal(verdict.pass, false);
  const text = verdictText('smoke', summary, verdict);
  assert.match(text, /^smoke: FAILED, 1 of 2 thresholds\n/);
  assert.match(text, /FAILED tessera_failed +rate==0 +0\.25\n/);
});

test('a threshold on what was never measured is failed, although k6 lets it pass', () => {
  const summary = summaryOf({ tessera_preview_gap: trend(0, 0, { 'p(95)<200': { ok: true } }) });
  const verdict = verdictOf(summary);
  assert.equal(verdict.pass, false);
  assert.match(verdictText('smoke', summary, verdict), /FAILED tessera_preview_gap +p\(95\)<200 +not measured/);
});

test('a run without thresholds passes nothing', () => {
  assert.equal(verdictOf(summaryOf({})).pass, false);
});
