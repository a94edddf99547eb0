import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditioningInputs } from '@tessera/text-encoder';

const state = (shape: readonly number[], ...values: number[]) => ({ shape, data: Float32Array.from(values) });
const encoded = (hiddenState: ReturnType<typeof state>, pooled?: ReturnType<typeof state>) => ({
  hiddenState,
  pooled,
  runMs: 0,
});

test('one encoder: its hidden state', () => {
  const hidden = state([2, 1], 1, 2);
  assert.deepEqual(conditioningInputs('last', [encoded(hidden, state([1], 9))]), { encoder_hidden_states: hidden });
});

test('SDXL: the hidden states of each token side by side, and the last pooled output', () => {
  const first = encoded(state([2, 2], 1, 2, 3, 4), state([1], 8));
  const second = encoded(state([2, 1], 5, 6), state([1], 9));
  assert.deepEqual(conditioningInputs('sdxl', [first, second]), {
    encoder_hidden_states: state([2, 3], 1, 2, 5, 3, 4, 6),
    text_embeds: state([1], 9),
  });
});

test('encoders of different length, or without a pooled output where one is needed, are an error', () => {
  const [two, three] = [encoded(state([2, 1], 1, 2)), encoded(state([3, 1], 1, 2, 3))];
  assert.throws(() => conditioningInputs('sdxl', [two, three]), { code: 'internal' });
  assert.throws(() => conditioningInputs('sdxl', [two]), { code: 'internal' });
});
