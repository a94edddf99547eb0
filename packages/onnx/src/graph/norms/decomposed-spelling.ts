import { intAttribute, intsAttribute } from '../attributes.js';
import type { ModelOperator } from '../graph-model.js';
import { frontAxis } from '../shapes.js';
import { channelAffineAfter } from './channel-affine.js';
import type { GraphView } from './graph-view.js';
import type { GroupNorm } from './group-norm.js';
import { groupedFrom, ungroupedTo } from './grouped-axes.js';

/**
 * A normalisation in single steps: over r = Reshape(x) to [batch, groups, …],
 * c = r − ReduceMean(r), v = ReduceMean(c²), c / √(v + ε) (or c · 1/√…, or
 * c · (v + ε)^−½), Reshape back, and Mul and Add by channel.
 * @param operator the first ReduceMean.
 */
export function decomposedSpelling(view: GraphView, operator: ModelOperator): GroupNorm | undefined {
  const grouped = operator.inputs[0];
  const from = grouped === undefined ? undefined : groupedFrom(view, grouped);
  if (grouped === undefined || from === undefined || !reducesGroups(view, operator)) return undefined;

  const centring = view.onlyReader(operator.outputs[0] as string, 'Sub');
  if (centring === undefined || centring.inputs[0] !== grouped) return undefined;
  const centred = centring.outputs[0] as string;
  const square = squareOf(view, centred);
  const variance = square && view.onlyReader(square.outputs[0] as string, 'ReduceMean');
  const offset = variance && reducesGroups(view, variance) && view.onlyReader(variance.outputs[0] as string, 'Add');
  if (square === undefined || variance === undefined || !offset) return undefined;
  const epsilon = view.values(view.otherInput(offset, variance.outputs[0] as string));
  const scaling = scalingBy(view, offset.outputs[0] as string, centred);
  if (epsilon?.length !== 1 || scaling === undefined) return undefined;
  const back = ungroupedTo(view, scaling.output, from.input);
  if (back === undefined) return undefined;

  const affine = channelAffineAfter(view, back.outputs[0] as string, from.channels);
  const steps = [
    from.reshape,
    operator,
    centring,
    square,
    variance,
    offset,
    ...scaling.operators,
    back,
    ...affine.operators,
  ];
  return {
    spelling: 'decomposed',
    input: from.input,
    output: affine.output,
    groups: from.groups,
    channels: from.channels,
    epsilon: epsilon[0] as number,
    scale: affine.scale,
    bias: affine.bias,
    appliesSilu: false,
    operators: view.sorted(steps),
  };
}

/** Whether a ReduceMean goes over every axis but batch and group, and keeps them. */
function reducesGroups(view: GraphView, reduce: ModelOperator): boolean {
  const rank = view.shape(reduce.inputs[0] ?? '')?.length ?? 0;
  const axes = intsAttribute(reduce, 'axes') ?? view.values(reduce.inputs[1]) ?? [];
  const over = new Set(axes.map((axis) => frontAxis(axis, rank)));
  if (intAttribute(reduce, 'keepdims', 1) === 0 || over.size !== rank - 2 || rank < 3) return false;
  return !over.has(0) && !over.has(1);
}

function squareOf(view: GraphView, tensor: string): ModelOperator | undefined {
  return view.index.consumers(tensor).find(({ type, inputs }) => {
    if (type === 'Mul') return inputs[0] === tensor && inputs[1] === tensor;
    return type === 'Pow' && inputs[0] === tensor && isNumber(view, inputs[1], 2);
  });
}

interface Scaling {
  readonly output: string;
  readonly operators: readonly ModelOperator[];
}

/** `centred` / √`variance`, in its three spellings. */
function scalingBy(view: GraphView, variance: string, centred: string): Scaling | undefined {
  const power = view.onlyReader(variance, 'Pow');
  if (power !== undefined && isNumber(view, power.inputs[1], -0.5)) return finished(view, [power], 'Mul', centred);
  const root = view.onlyReader(variance, 'Sqrt');
  if (root === undefined) return undefined;
  const inverse = view.onlyReader(root.outputs[0] as string, 'Reciprocal');
  return inverse === undefined
    ? finished(view, [root], 'Div', centred)
    : finished(view, [root, inverse], 'Mul', centred);
}

function finished(
  view: GraphView,
  steps: readonly ModelOperator[],
  type: 'Mul' | 'Div',
  centred: string,
): Scaling | undefined {
  const factor = steps.at(-1)?.outputs[0] as string;
  const last = view.onlyReader(factor, type);
  if (last === undefined || view.otherInput(last, factor) !== centred) return undefined;
  if (type === 'Div' && last.inputs[0] !== centred) return undefined;
  return { output: last.outputs[0] as string, operators: [...steps, last] };
}

function isNumber(view: GraphView, tensor: string | undefined, value: number): boolean {
  const values = view.values(tensor);
  return values?.length === 1 && values[0] === value;
}
