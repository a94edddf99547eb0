import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { parseArguments } from '@tessera/loadtests';

const refusalOf = (argv: readonly string[], environment: NodeJS.ProcessEnv = {}): string => {
  try {
    parseArguments(argv, environment);
  } catch (thrown) {
    assert.ok(thrown instanceof TesseraError && thrown.code === 'invalid_argument', String(thrown));
    return thrown.message;
  }
  throw new Error('it was taken');
};

test('a scenario, its options, and what tessera up is told', () => {
  const flags = ['--duration', '1.5m', '--rate', '2.5', '--limit', 'total=900', '--limit', 'preview_gap=50', '--json'];
  const { scenario, ...rest } = parseArguments(['steady', ...flags, '--', '--denoisers', '2'], {}) ?? {};
  assert.equal(scenario?.name, 'steady');
  assert.deepEqual(rest, {
    durationMs: 90_000,
    rate: 2.5,
    limits: { total: 900, preview_gap: 50 },
    json: true,
    clusterArgs: ['--denoisers', '2'],
  });
});

test('the address is that of the option, then that of the environment', () => {
  const environment = { TESSERA_ADDRESS: 'a:1' };
  assert.equal(parseArguments(['smoke', '--address', 'b:2'], environment)?.address, 'b:2');
  assert.equal(parseArguments(['smoke'], environment)?.address, 'a:1');
});

test('what is wrong is refused by name', () => {
  assert.match(refusalOf([]), /^SCENARIO must be one of smoke, /);
  assert.match(refusalOf(['flood']), /^SCENARIO .*got "flood"$/);
  assert.match(refusalOf(['smoke', 'steady']), /one scenario at a time; got steady too/);
  assert.match(refusalOf(['smoke', '--duration', '20']), /^duration must be a time such as 20s or 5m; got "20"$/);
  assert.match(refusalOf(['steady', '--rate', '0']), /^rate must be a number above 0/);
  assert.match(refusalOf(['stress', '--rate', '2']), /^rate must not be given for stress/);
  assert.match(refusalOf(['smoke', '--limit', 'total']), /^limit must be NAME=VALUE/);
  assert.match(refusalOf(['smoke', '--speed', '9']), /--speed/);
  assert.match(refusalOf(['smoke', '--address', 'a:1', '--', '--denoisers', '2']), /no cluster is brought up/);
});

test('the usage is an answer, not a run', () => {
  assert.equal(parseArguments(['--help'], {}), undefined);
});
