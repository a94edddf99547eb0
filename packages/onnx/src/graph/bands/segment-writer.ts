import type { ModelOperator } from '../graph-model.js';
import { changedOperator, intsOf, intsValue, intValue, madeOperator, textValue } from '../made-operators.js';
import type { GroupNorm } from '../norms/group-norm.js';
import type { MadeConstant } from '../sub-graph.js';
import { uncuttable } from '../uncuttable.js';
import type { BandNorm, RowPad } from './band-plan.js';
import type { BandStep, BandSteps } from './band-steps.js';
import { type Halo, inputHalo, NO_HALO, neededHalos, sameHalo } from './halo-rows.js';
import type { RowLayout } from './row-layout.js';
import type { ConvolutionRule, TransposedRule } from './row-rule.js';

/** ONNX operators that take pads and scales as inputs. */
const FIRST_OPSET = 11;

/**
 * Rewrites the steps of one banded segment: convolutions lose their zero rows,
 * which become a Pad whose amounts are fed, so that one graph serves the top,
 * the middle and the bottom of an image; normalisations become scale and shift.
 */
export class SegmentWriter {
  readonly operators: ModelOperator[] = [];
  readonly madeConstants: MadeConstant[] = [];
  readonly rowPads: RowPad[] = [];
  readonly #layout: RowLayout;
  readonly #steps: BandSteps;
  readonly #needed: ReadonlyMap<string, Halo>;
  /** Rows that each tensor has, beyond the band's own. */
  readonly #halos = new Map<string, Halo>();
  readonly #padded = new Map<string, string>();

  constructor(
    layout: RowLayout,
    steps: BandSteps,
    group: readonly BandStep[],
    norms: ReadonlyMap<GroupNorm, BandNorm>,
  ) {
    const opset = layout.view.index.model.opsets.get('') ?? 0;
    if (opset < FIRST_OPSET) throw uncuttable('the graph', `is of operator set ${opset}; bands need ${FIRST_OPSET}`);
    this.#layout = layout;
    this.#steps = steps;
    this.#needed = neededHalos(steps, group);
    for (const step of group) this.#add(step, norms);
  }

  /** What a tensor that the segment takes in must bring along. */
  inputHalo(tensor: string): Halo {
    return this.#needed.get(tensor) ?? NO_HALO;
  }

  #add(step: BandStep, norms: ReadonlyMap<GroupNorm, BandNorm>): void {
    const made = this.#steps.outputs(step);
    const halo = this.#needed.get(made[0] as string) ?? NO_HALO;
    for (const name of made) this.#halos.set(name, halo);
    const wanted = inputHalo(step, halo);
    if (step.type === 'norm') {
      this.#addNorm(step.norm, norms.get(step.norm) as BandNorm, this.#withRows(step.norm.input, wanted, NO_HALO));
    } else if (step.type === 'rows' && step.rule.type === 'convolution') {
      this.#addConvolution(step.operator, step.rule, wanted);
    } else if (step.type === 'rows' && step.rule.type === 'transposed') {
      this.#addTransposed(step.operator, step.rule, wanted, halo);
    } else if (step.type === 'rows' && step.rule.type === 'upsample') {
      this.#addUpsample(step.operator, step.rule.factor, wanted);
    } else if (step.type === 'rows') {
      this.#addOperator(step.operator, (name) => this.#withRows(name, wanted, NO_HALO));
    }
  }

  /** scale · x + shift, in float32 whatever x is. */
  #addNorm(norm: GroupNorm, { scaleInput, shiftInput }: BandNorm, input: string): void {
    const type = this.#layout.view.facts.get(norm.input)?.elementType;
    if (type !== 'float32' && type !== 'float16')
      throw uncuttable(norm.input, `is of ${type}; bands need float32 or float16`);
    const [wide, scaled, shifted] = ['wide', 'scaled', 'shifted'].map((part) => `${norm.output}/${part}`) as [
      string,
      string,
      string,
    ];
    const isHalf = type === 'float16';
    const result = norm.appliesSilu ? `${norm.output}/normalised` : norm.output;
    if (isHalf) this.operators.push(madeOperator('Cast', [input], wide, { to: intValue(1) }));
    this.operators.push(madeOperator('Mul', [isHalf ? wide : input, scaleInput], scaled));
    this.operators.push(madeOperator('Add', [scaled, shiftInput], isHalf ? shifted : result));
    if (isHalf) this.operators.push(madeOperator('Cast', [shifted], result, { to: intValue(10) }));
    if (norm.appliesSilu) {
      this.operators.push(madeOperator('Sigmoid', [result], `${norm.output}/gate`));
      this.operators.push(madeOperator('Mul', [result, `${norm.output}/gate`], norm.output));
    }
  }

  #addConvolution(original: ModelOperator, rule: ConvolutionRule, wanted: Halo): void {
    const input = this.#withRows(rule.input, wanted, rule);
    const attributes = new Map(original.attributes);
    attributes.delete('auto_pad');
    attributes.set('pads', intsValue([0, rule.left, 0, rule.right]));
    this.operators.push(changedOperator(original, { inputs: original.inputs.with(0, input), attributes }));
  }

  /** Without its own row padding it gives all rows its input reaches; those of neighbours are cut off. */
  #addTransposed(original: ModelOperator, rule: TransposedRule, wanted: Halo, halo: Halo): void {
    const { reach, stride, pad } = rule;
    const reached = `${original.outputs[0]}/reached`;
    const attributes = new Map(original.attributes);
    const pads = intsOf(attributes.get('pads')) ?? [0, 0, 0, 0];
    const extra = intsOf(attributes.get('output_padding')) ?? [0, 0];
    attributes.set('pads', intsValue([0, pads[1] as number, 0, pads[3] as number]));
    attributes.set('output_padding', intsValue([0, extra[1] as number]));
    const input = this.#withRows(original.inputs[0] as string, wanted, NO_HALO);
    this.operators.push(
      changedOperator(original, { inputs: original.inputs.with(0, input), outputs: [reached], attributes }),
    );
    const amounts = {
      above: halo.above - wanted.above * stride - pad,
      below: halo.below - (wanted.below - 1) * stride - reach + pad,
      aboveAtBorder: -pad,
      belowAtBorder: stride + pad - reach,
    };
    this.operators.push(madeOperator('Pad', [reached, this.#rowPad(amounts)], original.outputs[0] as string));
  }

  #addUpsample(original: ModelOperator, factor: number, wanted: Halo): void {
    const [name] = original.outputs as [string];
    this.#halos.set(name, { above: wanted.above * factor, below: wanted.below * factor });
    const input = this.#withRows(original.inputs[0] as string, wanted, NO_HALO);
    const { index } = this.#layout.view;
    if (original.inputs.slice(1).every((parameter) => parameter === '' || index.isConstant(parameter))) {
      this.#addOperator(original, () => input);
      return;
    }
    // Sizes computed from the whole image's shape do not fit a band.
    const scales = `${name}/scales`;
    this.madeConstants.push({ name: scales, shape: [4], data: Float32Array.of(1, 1, factor, factor) });
    const attributes = {
      mode: textValue('nearest'),
      coordinate_transformation_mode: textValue('asymmetric'),
      nearest_mode: textValue('floor'),
    };
    this.operators.push(madeOperator('Resize', [input, '', scales], name, attributes));
  }

  #addOperator(original: ModelOperator, input: (name: string) => string): void {
    const { index } = this.#layout.view;
    const inputs = original.inputs.map((name) => (name === '' || index.isConstant(name) ? name : input(name)));
    const isSame = inputs.every((name, i) => name === original.inputs[i]);
    this.operators.push(isSame ? original : changedOperator(original, { inputs }));
  }

  /**
   * The tensor with exactly the rows wanted: cut where it has more, and at the
   * image's border padded with `zeros` rows instead.
   */
  #withRows(tensor: string, wanted: Halo, zeros: Halo): string {
    const has = this.#halos.get(tensor) ?? this.inputHalo(tensor);
    if (sameHalo(has, wanted) && sameHalo(zeros, NO_HALO)) return tensor;
    const amounts = {
      above: wanted.above - has.above,
      below: wanted.below - has.below,
      aboveAtBorder: zeros.above,
      belowAtBorder: zeros.below,
    };
    const key = `${tensor} ${Object.values(amounts)}`;
    const known = this.#padded.get(key);
    if (known !== undefined) return known;
    const name = `${tensor}/rows-${this.#padded.size}`;
    this.#padded.set(key, name);
    this.operators.push(madeOperator('Pad', [tensor, this.#rowPad(amounts)], name));
    return name;
  }

  #rowPad(amounts: Omit<RowPad, 'input'>): string {
    const known = this.rowPads.find(
      (pad) =>
        pad.above === amounts.above &&
        pad.below === amounts.below &&
        pad.aboveAtBorder === amounts.aboveAtBorder &&
        pad.belowAtBorder === amounts.belowAtBorder,
    );
    if (known !== undefined) return known.input;
    const input = `row-pads-${this.rowPads.length}`;
    this.rowPads.push({ input, ...amounts });
    return input;
  }
}
