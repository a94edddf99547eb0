import type { ModelOperator } from '../graph-model.js';
import type { GraphView } from './graph-view.js';
import type { ChannelParameter } from './group-norm.js';

/** A multiplication and an addition by one number a channel, as exporters append them to a normalisation. */
export interface ChannelAffine {
  readonly output: string;
  readonly scale: ChannelParameter;
  readonly bias: ChannelParameter;
  readonly operators: readonly ModelOperator[];
}

/** The affine that follows `tensor` ([batch, channels, …]); the identity where none does. */
export function channelAffineAfter(view: GraphView, tensor: string, channels: number): ChannelAffine {
  const scaling = channelStep(view, tensor, 'Mul', channels);
  const adding = channelStep(view, scaling?.output ?? tensor, 'Add', channels);
  const steps = [scaling, adding].filter((step) => step !== undefined);
  return {
    output: steps.at(-1)?.output ?? tensor,
    scale: scaling?.parameter ?? { values: new Array<number>(channels).fill(1) },
    bias: adding?.parameter ?? { values: new Array<number>(channels).fill(0) },
    operators: steps.map(({ operator }) => operator),
  };
}

function channelStep(view: GraphView, tensor: string, type: 'Mul' | 'Add', channels: number) {
  const operator = view.onlyReader(tensor, type);
  const constant = operator && view.otherInput(operator, tensor);
  if (operator === undefined || constant === undefined || !view.index.isConstant(constant)) return undefined;
  const values = view.values(constant);
  const rank = view.shape(tensor)?.length;
  if (values?.length !== channels || rank === undefined || !liesOnChannels(view.shape(constant) ?? [], rank))
    return undefined;
  return { operator, output: operator.outputs[0] as string, parameter: { tensor: constant, values } };
}

/** Whether broadcasting to `rank` axes puts a constant's one long axis on axis 1. */
function liesOnChannels(shape: readonly number[], rank: number): boolean {
  return shape.every((extent, axis) => extent === 1 || axis + rank - shape.length === 1);
}
