import type { ModelCard } from '@tessera/core';
import type { JsonFile } from '../folder/json-file.js';
import { ModelFolder } from '../folder/model-folder.js';
import { readConditioning } from './conditioning-card.js';
import { denoiserCard } from './denoiser-card.js';
import { decoderCard, imageEncoderCard } from './first-stage-card.js';
import { generationDefaults } from './generation-defaults.js';
import { readLatentSpace } from './latent-space.js';
import { readPipelineClass } from './pipeline-class.js';
import { readPreviewMap } from './preview-map.js';
import { readScheduler } from './scheduler-card.js';
import { readTesseraJson } from './tessera-json.js';

/** What a diffusers ONNX folder holds, before anything is known of its hashes. */
export interface InspectedModel {
  readonly card: Omit<ModelCard, 'name' | 'sha256'>;
  /** Every file that was looked into, as paths inside the folder with `/`, sorted. */
  readonly files: readonly string[];
}

const DENOISER = 'unet/model.onnx';
const DECODER = 'vae_decoder/model.onnx';
const IMAGE_ENCODER = 'vae_encoder/model.onnx';

/**
 * Reads a folder as `optimum-cli export onnx` or diffusers' own export script
 * leaves it. Dtypes, ranks and names come from the graphs' own inputs and
 * outputs; no weights are loaded.
 * @throws TesseraError `failed_precondition` naming the file at fault.
 */
export function inspectModel(path: string): InspectedModel {
  const model = new ModelFolder(path);
  const modelIndex = model.requiredJson('model_index.json');
  const pipeline = readPipelineClass(modelIndex);
  const stated = readTesseraJson(model);
  const { values: schedulerConfig, scheduler } = readScheduler(model.requiredJson('scheduler/scheduler_config.json'));

  const unet = { file: DENOISER, header: model.graph(DENOISER), config: model.json('unet/config.json') };
  const vae = { file: DECODER, header: model.graph(DECODER), config: firstStageConfig(model) };
  const denoiser = denoiserCard(DENOISER, unet.header, unet.config);
  const decoder = decoderCard(DECODER, vae.header);
  const conditioning = readConditioning(model, modelIndex, DENOISER, denoiser);

  const space = readLatentSpace({ pipeline, stated, denoiser: unet, decoder: vae });
  const preview = readPreviewMap(model, space.latentFormat.channels, space.latentFormat.scalingFactor);
  const imageEncoder = readImageEncoder(model, space.latentFormat.channels);
  return {
    card: {
      latentFormat: { ...space.latentFormat, ...(preview === undefined ? {} : { preview }) },
      nativeCanvas: space.nativeCanvas,
      latentMultiple: space.latentMultiple,
      defaults: generationDefaults({
        family: pipeline.family,
        scheduler,
        hasGuidanceEmbedding: denoiser.timestepCondDim !== undefined,
        space,
        stated,
      }),
      schedulerConfig,
      conditioning: conditioning.card,
      denoiser,
      decoder,
      ...(imageEncoder === undefined ? {} : { imageEncoder }),
      files: {
        textEncoders: conditioning.files,
        denoiser: DENOISER,
        decoder: DECODER,
        ...(imageEncoder === undefined ? {} : { imageEncoder: IMAGE_ENCODER }),
      },
    },
    files: model.usedFiles(),
  };
}

/** One autoencoder was exported in two halves, each with a copy of its config. */
function firstStageConfig(model: ModelFolder): JsonFile | undefined {
  const [decoder, encoder, whole] = ['vae_decoder', 'vae_encoder', 'vae'].map((part) =>
    model.json(`${part}/config.json`),
  );
  return decoder ?? encoder ?? whole;
}

function readImageEncoder(model: ModelFolder, channels: number): ModelCard['imageEncoder'] {
  if (!model.has(IMAGE_ENCODER)) return undefined;
  return imageEncoderCard(IMAGE_ENCODER, model.graph(IMAGE_ENCODER), channels);
}
