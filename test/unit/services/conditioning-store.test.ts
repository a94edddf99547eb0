import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConditioningStore } from '@tessera/denoiser';
import { float32Parts, type WireTensor, type WireTensor__Output } from '@tessera/proto';

const received = (tensor: WireTensor | undefined) =>
  ({ ...tensor, offset: String(tensor?.offset) }) as WireTensor__Output;

function upload(store: ConditioningStore, id: string, count: number): void {
  const [tensor] = float32Parts({ shape: [count], data: new Float32Array(count).fill(count) });
  store.accept({ conditioningId: id, tensor: { name: 'h', tensor: received(tensor) }, complete: true });
}

test('the conditioning longest unused is forgotten first', () => {
  const store = new ConditioningStore(3 * 40);
  for (const id of ['a', 'b', 'c']) upload(store, id, 10);
  assert.ok(store.get('a'));
  upload(store, 'd', 10);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].filter((id) => store.get(id)),
    ['a', 'c', 'd'],
  );
});

test('the same conditioning sent again takes its place once', () => {
  const store = new ConditioningStore(80);
  upload(store, 'a', 10);
  upload(store, 'a', 10);
  upload(store, 'b', 10);
  assert.ok(store.get('a'));
  assert.ok(store.get('b'));
});

test('a conditioning is there when its last part is', () => {
  const store = new ConditioningStore(100);
  const part = (offset: number) =>
    received({ dtype: 'DATA_TYPE_FLOAT32', shape: [2], data: Buffer.from(Float32Array.of(offset).buffer), offset });
  store.accept({ conditioningId: 'a', tensor: { name: 'h', tensor: part(0) }, complete: false });
  assert.equal(store.get('a'), undefined);
  store.accept({ conditioningId: 'a', tensor: { name: 'h', tensor: part(4) }, complete: true });
  assert.deepEqual(store.get('a')?.inputs.get('h')?.data, Float32Array.of(0, 4));
});

test('an upload beyond the bytes, or with a hole, is refused and leaves nothing behind', () => {
  const store = new ConditioningStore(80);
  assert.throws(() => upload(store, 'big', 21), { code: 'invalid_argument' });
  const [tensor] = float32Parts({ shape: [1], data: Float32Array.of(1) });
  const hole = { ...received(tensor), offset: '4' };
  assert.throws(() => store.accept({ conditioningId: 'a', tensor: { name: 'h', tensor: hole }, complete: true }), {
    code: 'invalid_argument',
  });
  upload(store, 'a', 20);
  assert.ok(store.get('a'));
});

test('a network that takes float16 gets it, converted once', () => {
  const store = new ConditioningStore(80);
  upload(store, 'a', 1);
  const half = store.get('a')?.typed('h', 'float16');
  assert.deepEqual(half, { dtype: 'float16', shape: [1], data: Uint16Array.of(0x3c00) });
  assert.equal(store.get('a')?.typed('h', 'float16'), half);
  assert.equal(store.get('a')?.typed('other', 'float16'), undefined);
});
