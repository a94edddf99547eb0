import type { ModelOperator } from '../graph-model.js';

/**
 * A group normalisation, however it is spelled:
 * output = (input − mean) / √(variance + epsilon) · scale + bias, mean and
 * (biased) variance over each group of channels and all positions.
 * @see Wu, He: Group Normalization, arXiv 1803.08494, eq. 1–6.
 */
export interface GroupNorm {
  /**
   * `instance`: InstanceNormalization between two Reshapes, or alone (a group a
   * channel). `group`: GroupNormalization. `fused`: com.microsoft GroupNorm.
   * `decomposed`: ReduceMean, Sub, …
   */
  readonly spelling: 'instance' | 'group' | 'fused' | 'decomposed';
  /** [batch, channels, …] */
  readonly input: string;
  readonly output: string;
  readonly groups: number;
  readonly channels: number;
  readonly epsilon: number;
  readonly scale: ChannelParameter;
  readonly bias: ChannelParameter;
  /** `fused` only: the output has gone through SiLU already. */
  readonly appliesSilu: boolean;
  /** Everything between `input` and `output`, in graph order. */
  readonly operators: readonly ModelOperator[];
  /** A SiLU (output · sigmoid(output)) that reads the output and nothing else does. */
  readonly silu?: { readonly output: string; readonly operators: readonly ModelOperator[] };
}

export interface ChannelParameter {
  /** The constant tensor; absent where the spelling has none. */
  readonly tensor?: string;
  /** One a channel. */
  readonly values: readonly number[];
}
