import { floatAttribute, intAttribute } from '../attributes.js';
import type { ModelOperator } from '../graph-model.js';
import type { GraphView } from './graph-view.js';
import type { ChannelParameter, GroupNorm } from './group-norm.js';
import { spreadOverChannels } from './grouped-axes.js';

const EPSILON = 1e-5;

/** GroupNormalization; before opset 21 its scale and bias are one a group. */
export function groupSpelling(view: GraphView, operator: ModelOperator): GroupNorm | undefined {
  const [input, scaleTensor, biasTensor] = operator.inputs;
  const output = operator.outputs[0];
  const channels = view.shape(input ?? '')?.[1];
  const groups = intAttribute(operator, 'num_groups', 0);
  if (input === undefined || output === undefined || channels === undefined || groups === 0) return undefined;
  const scale = parameter(view, scaleTensor, channels, groups);
  const bias = parameter(view, biasTensor, channels, groups);
  if (scale === undefined || bias === undefined) return undefined;
  const epsilon = floatAttribute(operator, 'epsilon', EPSILON);
  return {
    spelling: 'group',
    input,
    output,
    groups,
    channels,
    epsilon,
    scale,
    bias,
    appliesSilu: false,
    operators: [operator],
  };
}

function parameter(
  view: GraphView,
  tensor: string | undefined,
  channels: number,
  groups: number,
): ChannelParameter | undefined {
  const values = view.values(tensor);
  if (tensor === undefined || values === undefined) return undefined;
  if (values.length === channels) return { tensor, values };
  return values.length === groups ? { tensor, values: spreadOverChannels(values, channels) } : undefined;
}

/** com.microsoft GroupNorm, which ONNX Runtime's optimiser writes for GPUs. Only [batch, channels, …] order is understood. */
export function fusedSpelling(view: GraphView, operator: ModelOperator): GroupNorm | undefined {
  const [input, scaleTensor, biasTensor] = operator.inputs;
  const output = operator.outputs[0];
  const channels = view.shape(input ?? '')?.[1];
  const groups = intAttribute(operator, 'groups', 0);
  if (input === undefined || output === undefined || channels === undefined || groups === 0) return undefined;
  if (intAttribute(operator, 'channels_last', 1) !== 0) return undefined;
  const scale = parameter(view, scaleTensor, channels, groups);
  const bias = parameter(view, biasTensor, channels, groups);
  if (scale === undefined || bias === undefined) return undefined;
  return {
    spelling: 'fused',
    input,
    output,
    groups,
    channels,
    epsilon: floatAttribute(operator, 'epsilon', EPSILON),
    scale,
    bias,
    appliesSilu: intAttribute(operator, 'activation', 0) === 1,
    operators: [operator],
  };
}
