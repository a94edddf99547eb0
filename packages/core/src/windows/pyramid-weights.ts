const MIN_WEIGHT = 0.01;
const MAX_WEIGHT = 0.5;

/**
 * The weights of LDM's split inference (CompVis/latent-diffusion,
 * `get_weighting`): the distance to the window's nearest border as a share of
 * its extent, 0 at the border, kept between 0.01 and 0.5. Not normalised.
 *
 * @returns [height, width], float32.
 */
export function pyramidWeights(width: number, height: number): Float32Array {
  return Float32Array.from({ length: width * height }, (_, at) => {
    const distance = Math.min(borderDistance(at % width, width), borderDistance(Math.floor(at / width), height));
    return Math.min(Math.max(distance, MIN_WEIGHT), MAX_WEIGHT);
  });
}

function borderDistance(position: number, extent: number): number {
  return extent === 1 ? MAX_WEIGHT : Math.min(position, extent - 1 - position) / (extent - 1);
}
