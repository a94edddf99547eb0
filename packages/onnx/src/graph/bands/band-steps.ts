import { isRandom } from '../graph-index.js';
import type { ModelOperator } from '../graph-model.js';
import { findGroupNorms } from '../norms/find-group-norms.js';
import type { GroupNorm } from '../norms/group-norm.js';
import { uncuttable } from '../uncuttable.js';
import { zeroPadBefore } from './convolution-rule.js';
import type { RowLayout } from './row-layout.js';
import { type RowRule, rowRule } from './row-rule.js';

/** One thing that a segment computes. */
export type BandStep =
  | { readonly type: 'rows'; readonly operator: ModelOperator; readonly rule: RowRule }
  | { readonly type: 'norm'; readonly norm: GroupNorm }
  /** Needs the whole image. */
  | { readonly type: 'whole'; readonly operator: ModelOperator };

/** A network as steps in an order in which they can run. */
export class BandSteps {
  readonly steps: readonly BandStep[];
  readonly #layout: RowLayout;
  /** Computed where they are needed, for every segment anew: arithmetic on shapes, and zero padding. */
  readonly #lazy: ReadonlySet<ModelOperator>;

  /** @throws TesseraError failed_precondition that names an operator which cannot be computed in bands. */
  constructor(layout: RowLayout) {
    this.#layout = layout;
    const { index } = layout.view;
    const { norms, unexplained } = findGroupNorms(index, layout.view);
    for (const operator of unexplained) throw uncuttable(operator, 'normalises in a spelling that is not known');
    for (const operator of index.order.filter(isRandom)) throw uncuttable(operator, 'draws random numbers');
    const banded = norms.filter(({ input, output }) => [input, output].every((name) => layout.rowsPerLatentRow(name)));
    const normAt = new Map(banded.map((norm) => [norm.operators.at(-1) as ModelOperator, norm]));
    const replaced = new Set(banded.flatMap(({ operators }) => operators));
    this.#lazy = lazyOperators(layout);
    this.steps = index.order.flatMap((operator): BandStep[] => {
      const norm = normAt.get(operator);
      if (norm !== undefined) return [{ type: 'norm', norm }];
      if (replaced.has(operator) || this.#lazy.has(operator)) return [];
      if (operator.outputs.every((name) => index.isConstant(name))) return [];
      const rule = rowRule(layout, operator);
      return [
        rule === undefined || this.#readsShapes(operator, rule)
          ? { type: 'whole', operator }
          : { type: 'rows', operator, rule },
      ];
    });
  }

  inputs(step: BandStep): readonly string[] {
    if (step.type === 'norm') return [step.norm.input];
    if (step.type === 'rows' && step.rule.type === 'convolution') return [step.rule.input];
    const { index } = this.#layout.view;
    if (step.type === 'rows') return index.variableInputs(step.operator).filter((name) => !this.#isLazy(name));
    return [...new Set(index.variableInputs(step.operator).flatMap((name) => this.#sources(name)))];
  }

  outputs(step: BandStep): readonly string[] {
    return (step.type === 'norm' ? [step.norm.output] : step.operator.outputs).filter((name) => name !== '');
  }

  /** The lazy operators that `steps` of a whole segment read, in graph order. */
  lazyBefore(steps: readonly BandStep[]): readonly ModelOperator[] {
    const { index } = this.#layout.view;
    const found = new Set<ModelOperator>();
    const waiting = steps.flatMap((step) => (step.type === 'whole' ? step.operator.inputs : []));
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const operator = index.producer(name);
      if (operator === undefined || !this.#lazy.has(operator) || found.has(operator)) continue;
      found.add(operator);
      waiting.push(...operator.inputs);
    }
    return index.order.filter((operator) => found.has(operator));
  }

  /** Whether an operand is made from the whole image's shape; an enlargement's sizes are not: a band has its own. */
  #readsShapes(operator: ModelOperator, rule: RowRule): boolean {
    if (rule.type === 'upsample') return this.#isLazy(operator.inputs[0] as string);
    if (rule.type === 'convolution') return this.#isLazy(rule.input);
    return operator.inputs.some((name) => this.#isLazy(name));
  }

  #isLazy(tensor: string): boolean {
    const producer = this.#layout.view.index.producer(tensor);
    return producer !== undefined && this.#lazy.has(producer);
  }

  /** What a lazily computed tensor is computed from. */
  #sources(tensor: string): readonly string[] {
    const { index } = this.#layout.view;
    const producer = index.producer(tensor);
    if (producer === undefined || !this.#lazy.has(producer)) return [tensor];
    return index.variableInputs(producer).flatMap((name) => this.#sources(name));
  }
}

function lazyOperators(layout: RowLayout): ReadonlySet<ModelOperator> {
  const { index } = layout.view;
  const lazy = new Set<ModelOperator>();
  const ofShapes = new Set<string>();
  for (const operator of index.order) {
    const inputs = index.variableInputs(operator);
    const isOfShapes =
      operator.type === 'Shape' ||
      operator.type === 'Size' ||
      (inputs.length > 0 && inputs.every((name) => ofShapes.has(name)));
    if (isOfShapes && inputs.length > 0) {
      lazy.add(operator);
      for (const name of operator.outputs) ofShapes.add(name);
    }
    if (zeroPadBefore(layout, operator.outputs[0] ?? '') !== undefined) lazy.add(operator);
  }
  return lazy;
}
