import type { DeclareTensor } from './declare-tensors.js';
import type { GraphIndex } from './graph-index.js';
import type { GraphModel, ModelOperator, StoredTensor, ValueDeclaration } from './graph-model.js';

/** Part of a model that runs on its own: what to write, not yet written. */
export interface SubGraph {
  readonly model: GraphModel;
  readonly name: string;
  /** Constant chains first, then the operators in the order given. */
  readonly operators: readonly ModelOperator[];
  /** Exactly those that `operators` read. */
  readonly initializers: readonly StoredTensor[];
  readonly madeConstants: readonly MadeConstant[];
  readonly inputs: readonly ValueDeclaration[];
  readonly outputs: readonly ValueDeclaration[];
  /** Bytes of `initializers` as stored. */
  readonly weightBytes: number;
}

/** A small constant that the model did not have. */
export interface MadeConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface SubGraphContents {
  readonly name: string;
  /** Of the model, or changed from it; in an order in which they can run. */
  readonly operators: readonly ModelOperator[];
  readonly outputs: readonly string[];
  readonly madeConstants?: readonly MadeConstant[];
}

/** The operators with everything they need: constants by value, all else as inputs in the order of first use. */
export function subGraph(index: GraphIndex, contents: SubGraphContents, declare: DeclareTensor): SubGraph {
  const { name, operators, outputs, madeConstants = [] } = contents;
  const made = new Set([
    ...operators.flatMap((operator) => operator.outputs),
    ...madeConstants.map(({ name }) => name),
  ]);
  const outside = new Set(
    operators.flatMap(({ inputs }) => inputs).filter((input) => input !== '' && !made.has(input)),
  );
  const constants = [...outside, ...outputs.filter((output) => !made.has(output))].filter((input) =>
    index.isConstant(input),
  );
  const chain = constantChain(index, constants);
  return {
    model: index.model,
    name,
    operators: [...chain.operators, ...operators],
    initializers: chain.initializers,
    madeConstants,
    inputs: [...outside].filter((input) => !index.isConstant(input)).map(declare),
    outputs: outputs.map(declare),
    weightBytes: chain.initializers.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

export interface ConstantChain {
  readonly operators: readonly ModelOperator[];
  readonly initializers: readonly StoredTensor[];
}

/** What computes `constants` from the model's file: initializers, and the casts and reshapes after them. */
export function constantChain(index: GraphIndex, constants: Iterable<string>): ConstantChain {
  const needed = new Set<string>();
  const waiting = [...constants];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === '' || needed.has(name)) continue;
    needed.add(name);
    waiting.push(...(index.producer(name)?.inputs ?? []));
  }
  return {
    operators: index.order.filter(({ outputs }) => outputs.some((name) => needed.has(name))),
    initializers: [...index.model.initializers.values()].filter(({ name }) => needed.has(name)),
  };
}
