import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMap } from '@tessera/runtime';

const mapOf = (maxBytes: number) => new BoundedMap<string>(maxBytes, ({ length }) => length);

test('what is longest unused is forgotten first; a look is no use', () => {
  const map = mapOf(6);
  for (const key of ['a', 'b', 'c']) map.put(key, `${key}!`);
  assert.equal(map.use('a'), 'a!');
  assert.equal(map.get('b'), 'b!');
  map.put('d', 'd!');
  assert.deepEqual([...map.keys()], ['c', 'a', 'd']);
  assert.equal(map.use('b'), undefined);
});

test('a value that is put again or deleted counts no more', () => {
  const map = mapOf(6);
  for (let i = 0; i < 10; i += 1) map.put('a', 'four');
  map.put('b', 'b!');
  assert.deepEqual([...map.keys()], ['a', 'b']);
  map.delete('a');
  map.delete('a');
  map.put('c', 'four');
  assert.deepEqual([...map.keys()], ['b', 'c']);
});

test('a value that alone is too large is not kept', () => {
  const map = mapOf(3);
  map.put('a', 'four');
  assert.equal(map.get('a'), undefined);
  map.put('b', 'b!');
  assert.equal(map.get('b'), 'b!');
});
