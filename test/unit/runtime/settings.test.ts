import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  defineSettings,
  type Environment,
  optional,
  required,
  resolveSettings,
  setting,
  valueTypes,
} from '@tessera/runtime';

const { address, boolean, byteSize, duration, integer, listOf, number, oneOf, path, string } = valueTypes;

const SETTINGS = defineSettings({
  config: optional(path, 'file of settings'),
  listen: setting(address, 'where to listen', '127.0.0.1:8470'),
  maxAge: setting(duration({ minMs: 0, maxMs: 3_600_000 }), 'how long', 60_000),
  workers: setting(listOf(address), 'which workers', []),
  threads: optional(integer({ min: 1, max: 64 }), 'how many threads'),
  insecure: setting(boolean, 'without TLS', false),
  level: setting(oneOf('debug', 'info'), 'how much', 'info'),
});

interface Told {
  readonly argv?: readonly string[];
  readonly environment?: Environment;
  readonly alsoKnown?: readonly string[];
}

const resolved = ({ argv = [], environment = {}, alsoKnown }: Told) =>
  resolveSettings(SETTINGS, { argv, environment, directory: '/work', ...(alsoKnown && { alsoKnown }) });

function configFile(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-settings-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tessera.yaml');
  writeFileSync(file, content);
  return file;
}

/** Asserts that it is refused as bad input with these words. */
function assertRefused(told: Told, message: RegExp): void {
  assert.throws(
    () => resolved(told),
    (thrown: Error) => {
      assert.match(thrown.message, message);
      return 'code' in thrown && thrown.code === 'invalid_argument';
    },
  );
}

test('a flag wins over the environment, that over the file, and that over the default', (t) => {
  const file = configFile(t, 'listen: 127.0.0.1:1\nmax-age: 1s\nthreads: 1\nlevel: debug\n');
  const { values, entries } = resolved({
    argv: ['--listen', '127.0.0.1:3', '--config', file],
    environment: { TESSERA_LISTEN: '127.0.0.1:2', TESSERA_MAX_AGE: '2s' },
  });
  assert.deepEqual(values, {
    config: file,
    listen: '127.0.0.1:3',
    maxAge: 2_000,
    workers: [],
    threads: 1,
    insecure: false,
    level: 'debug',
  });
  assert.deepEqual(
    entries.map(({ key, text, source }) => [key, text, source.kind, source.name]),
    [
      ['config', file, 'flag', '--config'],
      ['listen', '127.0.0.1:3', 'flag', '--listen'],
      ['max-age', '2s', 'environment', 'TESSERA_MAX_AGE'],
      ['workers', '', 'default', 'default'],
      ['threads', '1', 'file', `${file}: threads`],
      ['insecure', 'false', 'default', 'default'],
      ['level', 'debug', 'file', `${file}: level`],
    ],
  );
});

test('the environment may name the file', (t) => {
  const file = configFile(t, 'threads: 7\n');
  assert.equal(resolved({ environment: { TESSERA_CONFIG: file } }).values.threads, 7);
});

test('flags take their value after a space or =, may be switches, repeat, and stand among positionals', () => {
  const argv = ['a prompt', '--listen=127.0.0.1:1', '--workers', 'a:1', '--workers=b:2,c:3', '--insecure', 'more'];
  const { values, positionals } = resolved({ argv });
  assert.equal(values.listen, '127.0.0.1:1');
  assert.deepEqual(values.workers, ['a:1', 'b:2', 'c:3']);
  assert.equal(values.insecure, true);
  assert.deepEqual(positionals, ['a prompt', 'more']);
  assert.equal(resolved({ argv: ['--no-insecure'], environment: { TESSERA_INSECURE: 'true' } }).values.insecure, false);
  assert.deepEqual(resolved({ argv: ['--', '--listen'] }).positionals, ['--listen']);
});

test('a list is a list in the file too', (t) => {
  const file = configFile(t, 'workers:\n  - a:1\n  - b:2\ninsecure: true\n');
  const { values } = resolved({ argv: ['--config', file] });
  assert.deepEqual(values.workers, ['a:1', 'b:2']);
  assert.equal(values.insecure, true);
});

test('unknown flags and keys are refused by name', (t) => {
  assertRefused({ argv: ['--lissten', 'x'] }, /^--lissten is not a known flag$/);
  assertRefused({ argv: ['-l'] }, /^-l is not a known flag$/);
  assertRefused({ argv: ['--no-listen'] }, /^--no-listen is not a known flag$/);
  const file = configFile(t, 'lissten: 127.0.0.1:1\n');
  assertRefused({ argv: ['--config', file] }, /tessera\.yaml: lissten is not a known setting$/);
});

test('unknown variables of ours are warned about, others are none of our business', () => {
  const environment = { TESSERA_LISSTEN: '127.0.0.1:1', TESSERA_SUPERVISED: '1', PATH: '/bin' };
  assert.deepEqual(resolved({ environment }).warnings, ['TESSERA_LISSTEN is not a known setting']);
});

test('a file may hold what other processes are told', (t) => {
  const file = configFile(t, 'denoisers: 4\n');
  assertRefused({ argv: ['--config', file] }, /denoisers is not a known setting/);
  const told = { argv: ['--config', file], environment: { TESSERA_DENOISERS: '4' }, alsoKnown: ['denoisers'] };
  assert.deepEqual(resolved(told).warnings, []);
});

test('a bad value is refused with its source, its bound and itself', (t) => {
  assertRefused({ argv: ['--threads', '0'] }, /^--threads must be a whole number from 1 to 64; got "0"$/);
  assertRefused({ environment: { TESSERA_THREADS: 'all' } }, /^TESSERA_THREADS must be a whole number .*; got "all"$/);
  const file = configFile(t, 'max-age: 1 hour\n');
  assertRefused({ argv: ['--config', file] }, /tessera\.yaml: max-age must be a duration such as .*; got "1 hour"$/);
});

test('a flag without its value, or given twice, is refused', () => {
  assertRefused({ argv: ['--listen'] }, /^--listen needs a value, HOST:PORT$/);
  assertRefused({ argv: ['--listen', 'a:1', '--listen', 'a:2'] }, /^--listen is given twice$/);
  assertRefused({ argv: ['--insecure=maybe'] }, /^--insecure must be true or false; got "maybe"$/);
});

test('a file that is missing, no YAML, or no table is refused by name', (t) => {
  assertRefused({ argv: ['--config', '/nowhere/tessera.yaml'] }, /^\/nowhere\/tessera\.yaml: .*ENOENT/);
  for (const content of ['listen: [', '- listen', 'listen:\n  host: a\n']) {
    assertRefused({ argv: ['--config', configFile(t, content)] }, /tessera\.yaml: /);
  }
  assert.equal(resolved({ argv: ['--config', configFile(t, '# nothing\n')] }).values.listen, '127.0.0.1:8470');
});

test('a setting that must be given names its flag and variable', () => {
  const definitions = defineSettings({ model: required(string, 'model to serve') });
  assert.throws(() => resolveSettings(definitions, { argv: [], environment: {} }), {
    code: 'invalid_argument',
    message: '--model TEXT is needed (or TESSERA_MODEL): model to serve',
  });
  assert.equal(resolveSettings(definitions, { argv: ['--model', 'emoji'], environment: {} }).values.model, 'emoji');
});

test('every type takes what it should and says what it must be', () => {
  const take = (type: valueTypes.ValueType<unknown>, text: string) => type.parse([text], '/folder');
  const cases: readonly [valueTypes.ValueType<unknown>, Record<string, unknown>, readonly string[]][] = [
    [integer({ min: -5, max: 10 }), { '-5': -5, '10': 10, '007': 7 }, ['11', '1.5', '1e1', '', ' ', '0x1', 'NaN']],
    [number({ min: 0, max: 20 }), { '7.5': 7.5, '0': 0, '1e1': 10 }, ['-0.1', 'NaN', 'Infinity', '', 'x']],
    [
      duration({ minMs: 1, maxMs: 86_400_000 }),
      { '250ms': 250, '30s': 30_000, '1.5m': 90_000, '1h': 3_600_000, '1d': 86_400_000 },
      ['30', '30 s', '-1s', '0s', '2d', 's', ''],
    ],
    [byteSize({ minBytes: 1, maxBytes: 2 ** 40 }), { '512MiB': 2 ** 29, '1.5KiB': 1536 }, ['1MB', '5', '2TiB', '0B']],
    [
      address,
      { 'localhost:80': 'localhost:80', '[::1]:0': '[::1]:0', 'a-b.c:65535': 'a-b.c:65535' },
      ['localhost', ':80', 'a:65536', '::1:80', '[a]:1', 'a:b', 'http://a:1', 'a:1/x'],
    ],
    [boolean, { true: true, false: false }, ['1', 'yes', '']],
    [oneOf('a', 'b'), { a: 'a' }, ['A', '', 'c']],
    [path, { 'models/x': '/folder/models/x', '/x': '/x', '../x': '/x' }, ['', 'a\0b']],
    [string, { x: 'x' }, ['']],
    [listOf(integer({ min: 0, max: 9 })), { '1,2, 3': [1, 2, 3], '': [] }, ['1,10']],
  ];
  for (const [type, good, bad] of cases) {
    for (const [text, value] of Object.entries(good)) assert.deepEqual(take(type, text), value, text);
    for (const text of bad) assert.throws(() => take(type, text), RangeError, `${type.placeholder} ${text}`);
  }
});

test('what is in force is written as it could be given', () => {
  assert.equal(duration({ minMs: 0, maxMs: 1e9 }).format(90_000), '90s');
  assert.equal(duration({ minMs: 0, maxMs: 1e9 }).format(0), '0ms');
  assert.equal(byteSize({ minBytes: 0, maxBytes: 2 ** 50 }).format(2 ** 31), '2GiB');
  assert.equal(byteSize({ minBytes: 0, maxBytes: 2 ** 50 }).format(1_000), '1000B');
});
