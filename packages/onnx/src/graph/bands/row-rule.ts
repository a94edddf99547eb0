import { intAttribute, intsAttribute, textAttribute } from '../attributes.js';
import type { ModelOperator } from '../graph-model.js';
import { frontAxis, type Shape } from '../shapes.js';
import { convolutionRule, transposedRule } from './convolution-rule.js';
import type { RowLayout } from './row-layout.js';

/** How an operator's rows depend on rows of its input. */
export type RowRule =
  /** Row r of the output needs row r of every input. */
  | { readonly type: 'same' }
  /** Row r needs row ⌊r / factor⌋. */
  | { readonly type: 'upsample'; readonly factor: number }
  | ConvolutionRule
  | TransposedRule;

export interface ConvolutionRule {
  readonly type: 'convolution';
  /** What it reads: its own input, or that of a Pad of zeros before it. */
  readonly input: string;
  readonly stride: number;
  /** Rows of the input that the output's first and last row need beyond their own. */
  readonly above: number;
  readonly below: number;
  /** Zero columns, with those of the Pad. */
  readonly left: number;
  readonly right: number;
}

/** Row i of the input reaches the output's rows i · stride − pad up to i · stride − pad + reach − 1. */
export interface TransposedRule {
  readonly type: 'transposed';
  readonly stride: number;
  readonly reach: number;
  readonly pad: number;
}

const SAME = new Set(
  (
    'Abs Add BatchNormalization Cast Clip Concat Div Dropout Elu Erf Exp Gelu HardSigmoid HardSwish Identity LeakyRelu ' +
    'Log Max Mean Min Mish Mul Neg PRelu Pow QuickGelu Reciprocal Relu Sigmoid Slice Softplus Split Sqrt Sub Sum Tanh'
  ).split(' '),
);

/** @returns undefined for an operator that needs the whole image, or may need it. */
export function rowRule(layout: RowLayout, operator: ModelOperator): RowRule | undefined {
  if (operator.outputs.some((name) => name !== '' && layout.rowsPerLatentRow(name) === undefined)) return undefined;
  if (operator.type === 'Conv') return convolutionRule(layout, operator);
  if (operator.type === 'ConvTranspose') return transposedRule(layout, operator);
  if (operator.type === 'Resize' || operator.type === 'Upsample') return upsampleRule(layout, operator);
  if (operator.type === 'DepthToSpace') return { type: 'upsample', factor: intAttribute(operator, 'blocksize', 1) };
  return SAME.has(operator.type) && keepsRows(layout, operator) ? { type: 'same' } : undefined;
}

function keepsRows(layout: RowLayout, operator: ModelOperator): boolean {
  const { index } = layout.view;
  const rows = layout.rowsPerLatentRow(operator.outputs[0] as string);
  if (['Concat', 'Split', 'Slice'].includes(operator.type) && !actsOnChannels(layout, operator)) return false;
  return operator.inputs.every((name, i) => {
    if (name === '') return true;
    if (!index.isConstant(name)) return layout.rowsPerLatentRow(name) === rows;
    // Parameters of these are no operands that broadcast.
    if (['BatchNormalization', 'Dropout', 'Split', 'Slice'].includes(operator.type) && i > 0) return true;
    return isOneRow(layout.view.shape(name));
  });
}

function actsOnChannels(layout: RowLayout, operator: ModelOperator): boolean {
  if (operator.type !== 'Slice') return frontAxis(intAttribute(operator, 'axis', 0), 4) === 1;
  const axes = intsAttribute(operator, 'axes') ?? layout.view.values(operator.inputs[3]);
  return axes?.length === 1 && frontAxis(axes[0] as number, 4) === 1;
}

/** A constant that broadcasts over rows. */
function isOneRow(shape: Shape | undefined): boolean {
  return shape !== undefined && (shape.at(-2) ?? 1) === 1;
}

/** Nearest-neighbour enlargement by a whole factor; every other interpolation mixes rows. */
function upsampleRule(layout: RowLayout, operator: ModelOperator): RowRule | undefined {
  const input = operator.inputs[0] as string;
  const output = operator.outputs[0] as string;
  const rows = layout.rowsPerLatentRow(input);
  const factor = (layout.rowsPerLatentRow(output) as number) / (rows ?? Number.NaN);
  if (!Number.isInteger(factor) || layout.channels(input) !== layout.channels(output)) return undefined;
  if (textAttribute(operator, 'mode', 'nearest') !== 'nearest' || !takesFloor(operator)) return undefined;
  return { type: 'upsample', factor };
}

/** Whether row r comes from row ⌊r / factor⌋ of the input for every whole factor. */
function takesFloor(operator: ModelOperator): boolean {
  if (operator.type === 'Upsample') return true;
  const coordinates = textAttribute(operator, 'coordinate_transformation_mode', 'half_pixel');
  const nearest = textAttribute(operator, 'nearest_mode', 'round_prefer_floor');
  if (coordinates === 'asymmetric' || coordinates === 'tf_half_pixel_for_nn') return nearest === 'floor';
  // (r + ½) / factor − ½ lies less than ½ from ⌊r / factor⌋.
  return coordinates.endsWith('half_pixel') && nearest.startsWith('round');
}
