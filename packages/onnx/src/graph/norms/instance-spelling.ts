import { floatAttribute } from '../attributes.js';
import type { ModelOperator } from '../graph-model.js';
import { channelAffineAfter } from './channel-affine.js';
import type { GraphView } from './graph-view.js';
import type { GroupNorm } from './group-norm.js';
import { groupedFrom, spreadOverChannels, ungroupedTo } from './grouped-axes.js';

/** ONNX's default. */
const EPSILON = 1e-5;

/**
 * PyTorch's exporter: Reshape to [batch, groups, …], InstanceNormalization,
 * Reshape back, and Mul and Add by [channels, 1, 1]. Without the Reshapes it is
 * a normalisation of every channel by itself.
 */
export function instanceSpelling(view: GraphView, operator: ModelOperator): GroupNorm | undefined {
  const [grouped, scale, bias] = operator.inputs;
  const normalised = operator.outputs[0];
  if (grouped === undefined || normalised === undefined) return undefined;
  const [groupScale, groupBias] = [view.values(scale), view.values(bias)];
  if (groupScale === undefined || groupBias === undefined) return undefined;

  const from = groupedFrom(view, grouped);
  const back = from && ungroupedTo(view, normalised, from.input);
  const isGrouped = from !== undefined && back !== undefined;
  const input = isGrouped ? from.input : grouped;
  const channels = isGrouped ? from.channels : groupScale.length;
  if (isGrouped ? from.groups !== groupScale.length : view.shape(grouped)?.[1] !== channels) return undefined;

  const innerScale = spreadOverChannels(groupScale, channels);
  const innerBias = spreadOverChannels(groupBias, channels);
  const affine = channelAffineAfter(view, isGrouped ? (back.outputs[0] as string) : normalised, channels);
  return {
    spelling: 'instance',
    input,
    output: affine.output,
    groups: groupScale.length,
    channels,
    epsilon: floatAttribute(operator, 'epsilon', EPSILON),
    scale: { ...affine.scale, values: affine.scale.values.map((value, c) => value * (innerScale[c] as number)) },
    bias: {
      ...affine.bias,
      values: affine.bias.values.map(
        (value, c) => value + (affine.scale.values[c] as number) * (innerBias[c] as number),
      ),
    },
    appliesSilu: false,
    operators: isGrouped ? [from.reshape, operator, back, ...affine.operators] : [operator, ...affine.operators],
  };
}
