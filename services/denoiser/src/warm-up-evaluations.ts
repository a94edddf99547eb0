import { type DenoiserInputCard, elementCount, type ModelCard } from '@tessera/core';
import { type TypedTensor, typedFromFloat32 } from '@tessera/onnx';
import type { Evaluation, EvaluationNetwork } from './evaluation.js';
import { sharesTimestep } from './network-feeds.js';

/** Cells. */
export interface LatentSize {
  readonly width: number;
  readonly height: number;
}

export function nativeSize({ denoiser, nativeCanvas }: ModelCard): LatentSize {
  return denoiser.fixedSize ?? nativeCanvas;
}

/** Whether evaluations can be made up from the card alone. */
export function saysItsSizes(card: ModelCard): boolean {
  return card.denoiser.inputs.every((input) => !openInputShape(input, card).includes(-1));
}

/** Rows that differ from each other in everything that a run may hold in variety. */
export function warmUpEvaluations(
  network: EvaluationNetwork & { readonly card: ModelCard },
  rows: number,
  { width, height }: LatentSize,
): readonly Evaluation[] {
  const { card } = network;
  const shape = [card.latentFormat.channels, height, width];
  return Array.from({ length: rows }, (_, row) => ({
    network,
    latent: { shape, data: wave(elementCount(shape), row) },
    timestep: sharesTimestep(card.denoiser) ? 500 : 500 - 20 * row,
    inputs: Object.fromEntries(card.denoiser.inputs.map((input) => [input.name, inputTensor(input, card, row)])),
    bucket: '',
  }));
}

function inputTensor(input: DenoiserInputCard, card: ModelCard, row: number): TypedTensor {
  const shape = openInputShape(input, card);
  return typedFromFloat32(input.type, shape, wave(elementCount(shape), row));
}

/** An input's extents without batch axis. The number of tokens is the text encoder's; other open extents stay −1. */
export function openInputShape({ name, shape }: DenoiserInputCard, { conditioning }: ModelCard): readonly number[] {
  const tokens = conditioning.textEncoders[0]?.contextLength ?? -1;
  return shape.map((extent, axis) =>
    extent === -1 && axis === 0 && name === 'encoder_hidden_states' ? tokens : extent,
  );
}

/** Smooth values in −1…1; zeros would let kernels take shortcuts. */
function wave(count: number, phase: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(0.7 * i + phase));
}
