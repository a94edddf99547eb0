import type { LatentFormat, ModelCard } from '@tessera/core';
import { isPositiveInteger, type JsonFile } from '../folder/json-file.js';
import { modelDefect } from '../model-defect.js';
import type { GraphHeader } from '../onnx-header/graph-header.js';
import { fixedExtent } from './graph-border.js';
import type { PipelineClass } from './pipeline-class.js';
import type { TesseraJson } from './tessera-json.js';

/** What the latent space is read from. A config is `undefined` where an old export lacks it. */
export interface LatentSources {
  readonly pipeline: PipelineClass;
  readonly stated: TesseraJson;
  readonly denoiser: GraphPart;
  readonly decoder: GraphPart;
}

interface GraphPart {
  readonly file: string;
  readonly header: GraphHeader;
  readonly config: JsonFile | undefined;
}

export type LatentSpace = Pick<ModelCard, 'latentFormat' | 'nativeCanvas' | 'latentMultiple'>;

/** What OnnxStableDiffusionPipeline has in its code instead of in configs. */
const LEGACY_ONNX = { channels: 4, scalingFactor: 0.18215, spatialCompression: 8, canvasCells: 64 };
/** The class default that diffusers applies when an AutoencoderKL's config names no scaling_factor. */
const AUTOENCODER_KL_SCALING_FACTOR = 0.18215;

/**
 * Every fact is looked for in the same order: tessera.json, the part's
 * config.json, the graph, what the pipeline's class fixes in code. A fact that
 * none of them gives is refused by name, because a guess would give wrong images silently.
 */
export function readLatentSpace(sources: LatentSources): LatentSpace {
  const channels = latentChannels(sources);
  assertDenoiserChannels(sources.denoiser, channels);
  return {
    latentFormat: {
      channels,
      scalingFactor: scalingFactor(sources),
      spatialCompression: spatialCompression(sources),
      ...shiftOrStatistics(sources, channels),
    },
    nativeCanvas: nativeCanvas(sources),
    latentMultiple: latentMultiple(sources),
  };
}

function latentChannels({ decoder, pipeline }: LatentSources): number {
  const [latent] = decoder.header.inputs;
  const inGraph = latent && fixedExtent(latent, 1);
  const channels = inGraph ?? decoder.config?.positiveInteger('latent_channels') ?? legacy(pipeline)?.channels;
  return channels ?? refuse(decoder.file, 'latent_channels');
}

function assertDenoiserChannels({ file, header, config }: GraphPart, channels: number): void {
  const sample = header.inputs.find((input) => input.name === 'sample');
  const taken = (sample && fixedExtent(sample, 1)) ?? config?.positiveInteger('in_channels');
  if (taken !== undefined && taken !== channels) {
    throw modelDefect(file, `takes ${taken} channels for a latent of ${channels}: it is not a text-to-image network`);
  }
  const given = (header.outputs[0] && fixedExtent(header.outputs[0], 1)) ?? config?.positiveInteger('out_channels');
  if (given !== undefined && given !== channels) {
    throw modelDefect(file, `gives ${given} channels for a latent of ${channels}; learned variances are not served`);
  }
}

function scalingFactor({ stated, decoder, pipeline }: LatentSources): number {
  const isKl = decoder.config?.text('_class_name') === 'AutoencoderKL';
  const factor =
    stated.scalingFactor ??
    decoder.config?.finite('scaling_factor') ??
    (isKl ? AUTOENCODER_KL_SCALING_FACTOR : undefined) ??
    legacy(pipeline)?.scalingFactor ??
    refuse(decoder.file, 'scaling_factor');
  if (factor <= 0) throw modelDefect(decoder.file, `has scaling_factor ${factor}, which must be above 0`);
  return factor;
}

function spatialCompression({ stated, decoder, pipeline }: LatentSources): number {
  const levels = decoder.config?.arrayLength('block_out_channels') ?? levelsByName(decoder.header, 'up_blocks');
  return (
    stated.spatialCompression ??
    (levels === undefined ? undefined : 2 ** (levels - 1)) ??
    legacy(pipeline)?.spatialCompression ??
    refuse(decoder.file, 'spatial_compression')
  );
}

function shiftOrStatistics(
  { stated, decoder }: LatentSources,
  channels: number,
): Pick<LatentFormat, 'shiftFactor' | 'latentsMean' | 'latentsStd'> {
  const latentsMean = decoder.config?.numbers('latents_mean');
  const latentsStd = decoder.config?.numbers('latents_std');
  const shiftFactor = stated.shiftFactor ?? decoder.config?.finite('shift_factor') ?? 0;
  if (latentsMean === undefined && latentsStd === undefined) return { shiftFactor };
  if (latentsMean?.length !== channels || latentsStd?.length !== channels) {
    throw modelDefect(decoder.file, `has latents_mean and latents_std that are not both ${channels} numbers`);
  }
  return { shiftFactor, latentsMean, latentsStd };
}

function nativeCanvas({ stated, denoiser, pipeline }: LatentSources): ModelCard['nativeCanvas'] {
  const sample = denoiser.header.inputs.find((input) => input.name === 'sample');
  const fixedHeight = sample && fixedExtent(sample, 2);
  const fixedWidth = sample && fixedExtent(sample, 3);
  if (fixedHeight !== undefined && fixedWidth !== undefined) return { width: fixedWidth, height: fixedHeight };
  const trained = sampleSize(denoiser.config);
  const cells = legacy(pipeline)?.canvasCells;
  return {
    width: stated.nativeWidth ?? trained?.width ?? cells ?? refuse(denoiser.file, 'native_width'),
    height: stated.nativeHeight ?? trained?.height ?? cells ?? refuse(denoiser.file, 'native_height'),
  };
}

/** sample_size is one number, or [height, width]. */
function sampleSize(config: JsonFile | undefined): ModelCard['nativeCanvas'] | undefined {
  const size = config?.values.sample_size;
  if (!Array.isArray(size)) {
    const edge = config?.positiveInteger('sample_size');
    return edge === undefined ? undefined : { width: edge, height: edge };
  }
  const [height, width] = size;
  if (size.length !== 2 || !isPositiveInteger(height) || !isPositiveInteger(width)) {
    throw config?.refusal('sample_size', 'that is neither a number nor two');
  }
  return { width, height };
}

function latentMultiple({ stated, denoiser }: LatentSources): number {
  const levels = denoiser.config?.arrayLength('down_block_types') ?? levelsByName(denoiser.header, 'down_blocks');
  return (
    stated.latentMultiple ??
    (levels === undefined ? undefined : 2 ** (levels - 1)) ??
    refuse(denoiser.file, 'latent_multiple')
  );
}

/** Exporters keep the weights' names (down_blocks.3.resnets.0…), which tell the number of levels. */
function levelsByName(header: GraphHeader, blocks: 'down_blocks' | 'up_blocks'): number | undefined {
  const pattern = new RegExp(`(?:^|[./])${blocks}\\.(\\d+)\\.`);
  const indices = header.initializerNames.map((name) => pattern.exec(name)?.[1]).filter((index) => index !== undefined);
  return indices.length === 0 ? undefined : 1 + Math.max(...indices.map(Number));
}

function legacy(pipeline: PipelineClass): typeof LEGACY_ONNX | undefined {
  return pipeline.isLegacyOnnx ? LEGACY_ONNX : undefined;
}

function refuse(file: string, fact: string): never {
  throw modelDefect(file, `does not tell its ${fact}, nor does a config.json beside it; state it in tessera.json`);
}
