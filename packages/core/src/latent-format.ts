/**
 * Everything particular to one latent space.
 */
export interface LatentFormat {
  readonly channels: number;
  /** Multiplies a latent after the first stage's encode, divides before its decode (0.18215 for SD 1.x). */
  readonly scalingFactor: number;
  /** Subtracted before scaling at encode, added after unscaling at decode. 0 where the model has none. */
  readonly shiftFactor: number;
  /** Per-channel statistics of the first stage (SDXL-type VAEs), instead of the shift: z·std/scale + mean. */
  readonly latentsMean?: readonly number[];
  readonly latentsStd?: readonly number[];
  /** Pixels for each latent cell along an axis; a power of two, usually 8. */
  readonly spatialCompression: number;
  /** The linear preview map, when the model has one. */
  readonly preview?: PreviewMap;
}

/**
 * rgb = scaled latent · factors + bias, in [−1, 1] (numerics: "latent2rgb").
 * `factors[c]` are the R, G, B weights of latent channel c.
 */
export interface PreviewMap {
  readonly factors: readonly (readonly [number, number, number])[];
  readonly bias: readonly [number, number, number];
}
