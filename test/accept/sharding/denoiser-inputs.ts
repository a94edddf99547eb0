import type { ModelCard } from '@tessera/core';
import { type NamedTensors, typedFromFloat32 } from '@tessera/onnx';
import { wave } from '../../support/predict-client.js';

const SIDE = 16;
const TIMESTEP = 500;
const TOKENS_OF_BUILT_IN = 32;

/** What one evaluation feeds: smooth values that differ from input to input. */
export function inputsOf({ denoiser, latentFormat, conditioning }: ModelCard): NamedTensors {
  const { sampleInput, timestepInput, timestepType, timestepRank, float, inputs } = denoiser;
  const tokens = conditioning.textEncoders[0]?.contextLength ?? TOKENS_OF_BUILT_IN;
  const row = (shape: readonly number[], phase: number) => {
    const { data } = wave(shape, phase);
    return { shape: [1, ...shape], data };
  };
  const latent = row([latentFormat.channels, SIDE, SIDE], 1);
  return {
    [sampleInput]: typedFromFloat32(float, latent.shape, latent.data),
    [timestepInput]: typedFromFloat32(timestepType, timestepRank === 0 ? [] : [1], Float32Array.of(TIMESTEP)),
    ...Object.fromEntries(
      inputs.map(({ name, shape, type }, i) => {
        const given = row(
          shape.map((extent) => (extent === -1 ? tokens : extent)),
          2 + i,
        );
        return [name, typedFromFloat32(type, given.shape, given.data)];
      }),
    ),
  };
}
