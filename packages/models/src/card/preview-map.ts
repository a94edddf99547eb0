import type { PreviewMap } from '@tessera/core';
import { isFiniteArray, type JsonFile } from '../folder/json-file.js';
import type { ModelFolder } from '../folder/model-folder.js';

/**
 * Published maps of known latent spaces, recognised by channels and scaling
 * factor. SD 1.x: the Hugging Face forum's fit for Stable Diffusion 1.4
 * ("Decoding latents to RGB without upscaling"); SDXL: ComfyUI's latent_formats.py.
 */
const PUBLISHED_MAPS: readonly { readonly scalingFactor: number; readonly map: PreviewMap }[] = [
  {
    scalingFactor: 0.18215,
    map: {
      factors: [
        [0.298, 0.207, 0.208],
        [0.187, 0.286, 0.173],
        [-0.158, 0.189, 0.264],
        [-0.184, -0.271, -0.473],
      ],
      bias: [0, 0, 0],
    },
  },
  {
    scalingFactor: 0.13025,
    map: {
      factors: [
        [0.3651, 0.4232, 0.4341],
        [-0.2533, -0.0042, 0.1068],
        [0.1076, 0.1111, -0.0362],
        [-0.3165, -0.2492, -0.2188],
      ],
      bias: [0.1084, -0.0175, -0.0011],
    },
  },
];

/** preview.json where the model has one, else the published map of its latent space, else none. */
export function readPreviewMap(model: ModelFolder, channels: number, scalingFactor: number): PreviewMap | undefined {
  const file = model.json('preview.json');
  if (file !== undefined) return previewMapFromJson(file, channels);
  if (channels !== 4) return undefined;
  return PUBLISHED_MAPS.find((published) => published.scalingFactor === scalingFactor)?.map;
}

/** preview.json: latent_rgb_factors [channels, 3] and latent_rgb_bias [3]. */
function previewMapFromJson(file: JsonFile, channels: number): PreviewMap {
  const factors = file.values.latent_rgb_factors;
  const bias = file.values.latent_rgb_bias;
  if (!Array.isArray(factors) || factors.length !== channels || !factors.every(isRgb)) {
    throw file.refusal('latent_rgb_factors', `that is not ${channels} rows of three numbers`);
  }
  if (!isRgb(bias)) throw file.refusal('latent_rgb_bias', 'that is not three numbers');
  return { factors, bias };
}

function isRgb(value: unknown): value is readonly [number, number, number] {
  return isFiniteArray(value) && value.length === 3;
}
