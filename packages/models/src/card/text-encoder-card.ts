import type { ConditioningCard, TextEncoderCard } from '@tessera/core';
import type { JsonFile } from '../folder/json-file.js';
import type { ModelFolder } from '../folder/model-folder.js';
import { modelDefect } from '../model-defect.js';
import type { GraphHeader, TensorHeader } from '../onnx-header/graph-header.js';
import { assertRank, fixedExtent, names, onlyInput } from './graph-border.js';
import { readTokenizer } from './tokenizer-card.js';

export interface TextEncoderReading {
  readonly card: TextEncoderCard;
  /** Path of the graph. */
  readonly file: string;
  /** Width of the hidden state it contributes, when the graph or its config says. */
  readonly width: number | undefined;
}

/** @param suffix '' for the first text encoder and tokenizer, '_2' for the second. */
export function readTextEncoder(
  model: ModelFolder,
  modelIndex: JsonFile,
  suffix: '' | '_2',
  layout: ConditioningCard['layout'],
): TextEncoderReading {
  const file = `text_encoder${suffix}/model.onnx`;
  const header = model.graph(file);
  const config = model.json(`text_encoder${suffix}/config.json`);
  const ids = onlyInput(file, header);
  assertRank(file, ids, 2);
  if (ids.elementType !== 'int32' && ids.elementType !== 'int64') {
    throw modelDefect(file, `takes ${ids.name} of type ${ids.elementType}; int32 or int64 is expected`);
  }
  const tokenizer = readTokenizer(model, modelIndex, `tokenizer${suffix}`);
  const hidden = hiddenStateOutput(file, header, layout);
  const pooled = layout === 'sdxl' ? header.outputs.find((output) => output.name === 'text_embeds') : undefined;
  const fixedBatch = fixedExtent(ids, 0);
  return {
    file,
    width: fixedExtent(hidden, 2) ?? config?.positiveInteger('hidden_size'),
    card: {
      tokenizer: tokenizer.card,
      contextLength: contextLength(file, ids, tokenizer.maxLength, config),
      inputIdsInput: ids.name,
      inputIdsType: ids.elementType,
      hiddenStateOutput: hidden.name,
      ...(pooled === undefined ? {} : { pooledOutput: pooled.name }),
      ...(fixedBatch === undefined ? {} : { fixedBatch }),
    },
  };
}

function contextLength(
  file: string,
  ids: TensorHeader,
  tokenizerLength: number | undefined,
  config: JsonFile | undefined,
): number {
  const length = fixedExtent(ids, 1) ?? tokenizerLength ?? config?.positiveInteger('max_position_embeddings');
  if (length === undefined || !Number.isInteger(length) || length < 2) {
    throw modelDefect(
      file,
      'has no context length: neither the graph, model_max_length nor max_position_embeddings says',
    );
  }
  return length;
}

/**
 * Stable Diffusion takes the last hidden state, SDXL the penultimate one
 * without a final norm: of the outputs hidden_states.0 … L, the one of L − 1.
 */
function hiddenStateOutput(file: string, header: GraphHeader, layout: ConditioningCard['layout']): TensorHeader {
  if (layout === 'sdxl') return penultimateHiddenState(file, header);
  const last = header.outputs.find((output) => output.name === 'last_hidden_state');
  if (last === undefined) {
    throw modelDefect(file, `has no output last_hidden_state; its outputs are ${names(header.outputs)}`);
  }
  return last;
}

function penultimateHiddenState(file: string, header: GraphHeader): TensorHeader {
  const layers = header.outputs
    .map((output) => ({ output, layer: /^hidden_states\.(\d+)$/.exec(output.name)?.[1] }))
    .filter(({ layer }) => layer !== undefined)
    .sort((a, b) => Number(a.layer) - Number(b.layer));
  const penultimate = layers.at(-2)?.output;
  if (penultimate === undefined) {
    throw modelDefect(file, `gives no hidden_states.N, which SDXL needs; its outputs are ${names(header.outputs)}`);
  }
  return penultimate;
}
