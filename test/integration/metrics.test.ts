import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { missingSamples, placesThatTell, silentMetrics } from '../support/complaints-of-telemetry.js';
import { queriesOfChart } from '../support/monitoring.js';
import { type Observed, observeLoad } from '../support/observed-cluster.js';

const SECRET = 'zanzibar-canary';

let observed: Observed;

before(async () => {
  observed = await observeLoad(SECRET);
});

test('the load went every way to an ending', () => {
  const { endings } = observed;
  const expected = {
    large: 'completed',
    several: 'completed',
    'wrong number': 'invalid_argument',
    'long prompt': 'invalid_argument',
    'wrong model': 'invalid_argument',
    'wrong scheduler': 'invalid_argument',
    'no time': 'resource_exhausted',
    cancelled: 'cancelled',
    left: 'left',
    'denoiser killed': 'completed',
  };
  assert.deepEqual({ ...endings, ...expected }, endings);
});

test('every metric of the dashboard and the alerts has samples in a running cluster', () => {
  assert.ok(queriesOfChart().length > 50);
  assert.deepEqual(missingSamples(observed), []);
});

test('every metric that there is has samples in a running cluster', () => {
  assert.deepEqual(silentMetrics(observed), []);
});

test('what a user wrote is in no metric, no log and no trace', () => {
  assert.ok(observed.told.some(({ where, text }) => where === 'log' && text.includes('completed a generation')));
  assert.ok(observed.told.some(({ where, text }) => where === 'traces' && text.includes('gen_ai.request.model')));
  assert.deepEqual(placesThatTell(observed, SECRET), []);
});

test('a generation’s lines in the log name its trace', () => {
  const { text = '' } = observed.told.find(({ where }) => where === 'log') ?? {};
  const lines = text.split('\n').filter((line) => line.startsWith('{') && line.includes('completed a generation'));
  assert.ok(lines.length > 0);
  for (const line of lines) assert.match(JSON.parse(line).trace_id, /^[0-9a-f]{32}$/);
});
