import { type ConditioningCard, type Tensor, TesseraError } from '@tessera/core';
import type { EncodedTokens } from './encoder-network.js';

/**
 * Denoiser inputs of one prompt (names of diffusers' UNet2DConditionModel).
 *
 * `last`: the one encoder's hidden state. `sdxl`: the hidden states of all
 * encoders side by side, and the last one's pooled output (diffusers,
 * StableDiffusionXLPipeline.encode_prompt).
 */
export function conditioningInputs(
  layout: ConditioningCard['layout'],
  encoded: readonly EncodedTokens[],
): Readonly<Record<string, Tensor>> {
  const encoderHiddenStates = concatenatedWidths(encoded.map(({ hiddenState }) => hiddenState));
  if (layout === 'last') return { encoder_hidden_states: encoderHiddenStates };
  const pooled = encoded.at(-1)?.pooled;
  if (pooled === undefined) throw new TesseraError('internal', 'the last text encoder gave no pooled output');
  return { encoder_hidden_states: encoderHiddenStates, text_embeds: pooled };
}

/** [tokens, w₀], [tokens, w₁] … → [tokens, w₀ + w₁ …] */
function concatenatedWidths(states: readonly Tensor[]): Tensor {
  const [only] = states;
  if (states.length === 1 && only !== undefined) return only;
  const tokens = only?.shape[0] ?? 0;
  if (states.some(({ shape }) => shape.length !== 2 || shape[0] !== tokens)) {
    throw new TesseraError('internal', 'the text encoders differ in their number of tokens');
  }
  const width = states.reduce((sum, { shape }) => sum + (shape[1] as number), 0);
  const data = new Float32Array(tokens * width);
  let column = 0;
  for (const state of states) {
    const ownWidth = state.shape[1] as number;
    for (let token = 0; token < tokens; token++) {
      data.set(state.data.subarray(token * ownWidth, (token + 1) * ownWidth), token * width + column);
    }
    column += ownWidth;
  }
  return { shape: [tokens, width], data };
}
