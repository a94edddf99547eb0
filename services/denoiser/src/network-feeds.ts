import { type DenoiserCard, elementCount, invalidField } from '@tessera/core';
import { repeatedRow, type TypedTensor, typedFromFloat32 } from '@tessera/onnx';
import type { Evaluation } from './evaluation.js';

/**
 * The feeds of one run, in memory of their own.
 *
 * @param evaluations of one bucket.
 * @param batch rows of the run; rows beyond the evaluations repeat the last one.
 */
export function networkFeeds(
  card: DenoiserCard,
  evaluations: readonly Evaluation[],
  batch: number,
): Record<string, TypedTensor> {
  const rows = Array.from({ length: batch }, (_, row) => evaluations[row] ?? (evaluations.at(-1) as Evaluation));
  const [first] = rows as [Evaluation];
  const latents = concatenated(rows.map(({ latent }) => latent.data));
  return {
    [card.sampleInput]: typedFromFloat32(card.float, [batch, ...first.latent.shape], latents),
    [card.timestepInput]: timestepFeed(card, rows),
    ...Object.fromEntries(
      card.inputs.map(({ name }) => [
        name,
        stacked(
          name,
          rows.map(({ inputs }) => inputs[name]),
        ),
      ]),
    ),
  };
}

function timestepFeed(card: DenoiserCard, rows: readonly Evaluation[]): TypedTensor {
  const timesteps = Float32Array.from(rows, ({ timestep }) => timestep);
  if (card.timestepRank === 1 && card.timestepFixedLength === undefined) {
    return typedFromFloat32(card.timestepType, [rows.length], timesteps);
  }
  const shared = timesteps.subarray(0, 1);
  if (card.timestepRank === 0) return typedFromFloat32(card.timestepType, [], shared.slice());
  const length = card.timestepFixedLength ?? 1;
  return typedFromFloat32(card.timestepType, [length], repeatedRow(shared.slice(), length));
}

/** Whether all rows of a run have one timestep in common. */
export function sharesTimestep(card: DenoiserCard): boolean {
  return card.timestepRank === 0 || card.timestepFixedLength !== undefined;
}

function concatenated(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * length);
  for (const [row, values] of rows.entries()) data.set(values, row * length);
  return data;
}

function stacked(name: string, rows: readonly (TypedTensor | undefined)[]): TypedTensor {
  const [first] = rows;
  if (first === undefined) throw invalidField(name, 'must be given', 'nothing');
  const length = elementCount(first.shape);
  const data = first.data.slice(0, 0) as Float32Array;
  const stack = new (data.constructor as Float32ArrayConstructor)(rows.length * length);
  for (const [row, tensor] of rows.entries()) stack.set(tensor?.data as Float32Array, row * length);
  return { dtype: first.dtype, shape: [rows.length, ...first.shape], data: stack } as TypedTensor;
}
