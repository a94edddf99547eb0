import type { ConditioningCard, DenoiserCard } from '@tessera/core';
import type { JsonFile } from '../folder/json-file.js';
import type { ModelFolder } from '../folder/model-folder.js';
import { modelDefect } from '../model-defect.js';
import { componentClass } from './pipeline-class.js';
import { readTextEncoder, type TextEncoderReading } from './text-encoder-card.js';

/** original size, crop and target size of SDXL; the refiner has five. */
const SDXL_TIME_IDS = 6;

export interface ConditioningReading {
  readonly card: ConditioningCard;
  /** Paths of the text encoders' graphs, in order. */
  readonly files: readonly string[];
}

/** The layout is the denoiser's to say: one that takes text_embeds is conditioned as SDXL is. */
export function readConditioning(
  model: ModelFolder,
  modelIndex: JsonFile,
  denoiserFile: string,
  denoiser: DenoiserCard,
): ConditioningReading {
  const layout = denoiser.inputs.some((input) => input.name === 'text_embeds') ? 'sdxl' : 'last';
  const encoders = presentSuffixes(model, modelIndex).map((suffix) =>
    readTextEncoder(model, modelIndex, suffix, layout),
  );
  if (layout === 'last' && encoders.length !== 1) {
    throw modelDefect(denoiserFile, `takes no text_embeds, and the model has ${encoders.length} text encoders`);
  }
  if (layout === 'sdxl') assertSdxl(denoiserFile, denoiser, encoders);
  assertWidth(denoiserFile, denoiser, encoders);
  const zerosByDefault = layout === 'sdxl';
  return {
    card: {
      textEncoders: encoders.map((encoder) => encoder.card),
      layout,
      zerosForAbsentNegative: modelIndex.flag('force_zeros_for_empty_prompt') ?? zerosByDefault,
    },
    files: encoders.map((encoder) => encoder.file),
  };
}

function presentSuffixes(model: ModelFolder, modelIndex: JsonFile): ('' | '_2')[] {
  const suffixes = (['', '_2'] as const).filter(
    (suffix) =>
      componentClass(modelIndex, `text_encoder${suffix}`) !== undefined ||
      model.has(`text_encoder${suffix}/model.onnx`),
  );
  if (suffixes.length === 0) throw modelDefect('text_encoder/model.onnx', 'is missing');
  return suffixes;
}

function assertSdxl(denoiserFile: string, denoiser: DenoiserCard, encoders: readonly TextEncoderReading[]): void {
  const timeIds = denoiser.inputs.find((input) => input.name === 'time_ids');
  const count = timeIds?.shape.at(-1);
  if (count !== SDXL_TIME_IDS && count !== -1) {
    throw modelDefect(
      denoiserFile,
      `takes ${count ?? 'no'} time_ids; ${SDXL_TIME_IDS} are served (the refiner is not)`,
    );
  }
  const last = encoders.at(-1);
  if (last?.card.pooledOutput === undefined) {
    throw modelDefect(last?.file ?? 'text_encoder_2/model.onnx', 'gives no text_embeds, which the denoiser takes');
  }
}

function assertWidth(denoiserFile: string, denoiser: DenoiserCard, encoders: readonly TextEncoderReading[]): void {
  const wanted = denoiser.inputs.find((input) => input.name === 'encoder_hidden_states')?.shape.at(-1);
  if (wanted === undefined || wanted === -1) return;
  let width = 0;
  for (const encoder of encoders) {
    if (encoder.width === undefined) return;
    width += encoder.width;
  }
  if (width !== wanted) {
    throw modelDefect(denoiserFile, `takes hidden states ${wanted} wide, and the text encoders give ${width}`);
  }
}
