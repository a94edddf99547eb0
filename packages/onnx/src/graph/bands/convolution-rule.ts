import { intsAttribute, textAttribute } from '../attributes.js';
import type { ModelOperator } from '../graph-model.js';
import type { RowLayout } from './row-layout.js';
import type { ConvolutionRule, TransposedRule } from './row-rule.js';

/** [top, left, bottom, right], as in the `pads` attribute. */
type Pads = readonly [number, number, number, number];

/** @returns undefined for a convolution whose output rows are not its input's rows over its stride. */
export function convolutionRule(layout: RowLayout, operator: ModelOperator): ConvolutionRule | undefined {
  const { view } = layout;
  const kernelRows = view.shape(operator.inputs[1] as string)?.[2];
  const ownPads = convolutionPads(layout, operator);
  if (kernelRows === undefined || ownPads === undefined || !view.index.isConstant(operator.inputs[1] as string))
    return undefined;
  const before = zeroPadBefore(layout, operator.inputs[0] as string);
  const input = before?.input ?? (operator.inputs[0] as string);
  const [top, left, , right] =
    before === undefined ? ownPads : ownPads.map((pad, i) => pad + (before.pads[i] as number));
  const stride = intsAttribute(operator, 'strides')?.[0] ?? 1;
  const rows = layout.rowsPerLatentRow(input);
  if (rows !== (layout.rowsPerLatentRow(operator.outputs[0] as string) as number) * stride) return undefined;
  const reach = (intsAttribute(operator, 'dilations')?.[0] ?? 1) * (kernelRows - 1) + 1;
  return {
    type: 'convolution',
    input,
    stride,
    above: top as number,
    below: Math.max(0, reach - stride - (top as number)),
    left: left as number,
    right: right as number,
  };
}

/** @returns undefined for one whose output rows are not `stride` times its input's. */
export function transposedRule(layout: RowLayout, operator: ModelOperator): TransposedRule | undefined {
  const kernelRows = layout.view.shape(operator.inputs[1] as string)?.[2];
  const pads = intsAttribute(operator, 'pads') ?? [0, 0, 0, 0];
  const stride = intsAttribute(operator, 'strides')?.[0] ?? 1;
  const rows = layout.rowsPerLatentRow(operator.inputs[0] as string);
  if (kernelRows === undefined || textAttribute(operator, 'auto_pad', 'NOTSET') !== 'NOTSET') return undefined;
  if (rows === undefined || layout.rowsPerLatentRow(operator.outputs[0] as string) !== rows * stride) return undefined;
  const reach = (intsAttribute(operator, 'dilations')?.[0] ?? 1) * (kernelRows - 1) + 1;
  const pad = pads[0] as number;
  // Rows that output_padding adds below the last input row's reach.
  return reach - stride - pad < 0 ? undefined : { type: 'transposed', stride, reach, pad };
}

function convolutionPads(layout: RowLayout, operator: ModelOperator): Pads | undefined {
  const autoPad = textAttribute(operator, 'auto_pad', 'NOTSET');
  if (autoPad === 'VALID') return [0, 0, 0, 0];
  if (autoPad === 'NOTSET') return (intsAttribute(operator, 'pads') ?? [0, 0, 0, 0]) as unknown as Pads;
  const kernel = layout.view.shape(operator.inputs[1] as string)?.slice(2);
  const steps = intsAttribute(operator, 'strides') ?? [1, 1];
  const dilations = intsAttribute(operator, 'dilations') ?? [1, 1];
  // With a stride, what SAME pads depends on the extent.
  if (kernel === undefined || steps.some((step) => step !== 1)) return undefined;
  const [rows, columns] = kernel.map((extent, axis) => (dilations[axis] as number) * (extent - 1)) as [number, number];
  const small = [Math.floor(rows / 2), Math.floor(columns / 2)] as const;
  const large = [rows - small[0], columns - small[1]] as const;
  return autoPad === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small];
}

/** A Pad of zeros around rows and columns that makes `tensor`: exporters write one before a strided convolution. */
export function zeroPadBefore(layout: RowLayout, tensor: string): { input: string; pads: Pads } | undefined {
  const { view } = layout;
  const pad = view.madeBy(tensor, 'Pad');
  if (pad === undefined || textAttribute(pad, 'mode', 'constant') !== 'constant' || view.index.isOutput(tensor))
    return undefined;
  if (view.index.consumers(tensor).some(({ type }) => type !== 'Conv')) return undefined;
  const amounts = view.values(pad.inputs[1]) ?? intsAttribute(pad, 'pads');
  const value = view.values(pad.inputs[2])?.[0] ?? 0;
  const hasAxes = (pad.inputs[3] ?? '') !== '';
  if (amounts?.length !== 8 || value !== 0 || hasAxes) return undefined;
  if ([0, 1, 4, 5].some((i) => amounts[i] !== 0)) return undefined;
  const [top, left, bottom, right] = [2, 3, 6, 7].map((i) => amounts[i] as number) as [number, number, number, number];
  return { input: pad.inputs[0] as string, pads: [top, left, bottom, right] };
}
