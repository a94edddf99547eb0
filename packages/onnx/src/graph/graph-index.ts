import type { GraphModel, ModelOperator } from './graph-model.js';
import { uncuttable } from './uncuttable.js';

/** Who makes and who reads each tensor of a graph that can be cut. */
export class GraphIndex {
  readonly model: GraphModel;
  /** Every operator after those that feed it; otherwise in file order. */
  readonly order: readonly ModelOperator[];
  readonly #producers = new Map<string, ModelOperator>();
  readonly #consumers = new Map<string, ModelOperator[]>();
  readonly #constants: ReadonlySet<string>;
  readonly #inputs: ReadonlySet<string>;

  /** @throws TesseraError `failed_precondition` that names the operator and the reason when the graph has to stay whole. */
  constructor(model: GraphModel) {
    this.model = model;
    for (const obstacle of model.obstacles) throw uncuttable(`${model.path}`, obstacle);
    for (const operator of model.operators) this.#add(operator);
    this.#inputs = new Set(model.inputs.map(({ name }) => name));
    this.order = this.#sorted();
    this.#constants = this.#foundConstants();
  }

  producer(tensor: string): ModelOperator | undefined {
    return this.#producers.get(tensor);
  }

  consumers(tensor: string): readonly ModelOperator[] {
    return this.#consumers.get(tensor) ?? [];
  }

  isInput(tensor: string): boolean {
    return this.#inputs.has(tensor);
  }

  isOutput(tensor: string): boolean {
    return this.model.outputs.some(({ name }) => name === tensor);
  }

  /** Initializers, and what is computed from nothing but initializers: a stored float16 weight cast to float32. */
  isConstant(tensor: string): boolean {
    return this.#constants.has(tensor);
  }

  /** The inputs of an operator that are fed or computed, each once. */
  variableInputs(operator: ModelOperator): readonly string[] {
    return [...new Set(operator.inputs)].filter((name) => name !== '' && !this.isConstant(name));
  }

  /** Tensors between operators, in the order they are computed. */
  tensorsMatching(pattern: RegExp): readonly string[] {
    return this.order
      .flatMap(({ outputs }) => outputs)
      .filter((name) => name !== '' && !this.isConstant(name) && pattern.test(name));
  }

  #add(operator: ModelOperator): void {
    for (const { value } of operator.attributes.values()) {
      if (value.type === 'graph') throw uncuttable(operator, 'chooses what to run while it runs');
    }
    for (const name of operator.outputs) {
      if (name === '') continue;
      if (this.#producers.has(name)) throw uncuttable(operator, `makes ${name}, which another operator makes too`);
      this.#producers.set(name, operator);
    }
    for (const name of new Set(operator.inputs)) {
      if (name === '') continue;
      const readers = this.#consumers.get(name);
      if (readers === undefined) this.#consumers.set(name, [operator]);
      else readers.push(operator);
    }
  }

  #sorted(): readonly ModelOperator[] {
    const { operators, initializers } = this.model;
    const known = new Set([...initializers.keys(), ...this.#inputs, '']);
    const sorted: ModelOperator[] = [];
    let waiting = [...operators];
    while (waiting.length > 0) {
      const later: ModelOperator[] = [];
      for (const operator of waiting) {
        if (!operator.inputs.every((name) => known.has(name))) {
          later.push(operator);
          continue;
        }
        sorted.push(operator);
        for (const name of operator.outputs) known.add(name);
      }
      if (later.length === waiting.length) {
        const stuck = later[0] as ModelOperator;
        const missing = stuck.inputs.find((name) => !known.has(name));
        throw uncuttable(stuck, `reads ${missing}, which nothing before it makes`);
      }
      waiting = later;
    }
    return sorted;
  }

  #foundConstants(): ReadonlySet<string> {
    const constants = new Set(this.model.initializers.keys());
    for (const operator of this.order) {
      if (isRandom(operator)) continue;
      if (operator.inputs.every((name) => name === '' || constants.has(name))) {
        for (const name of operator.outputs) constants.add(name);
      }
    }
    return constants;
  }
}

/** Operators that draw numbers: equal inputs do not make equal outputs. */
export function isRandom({ type }: ModelOperator): boolean {
  return type.startsWith('Random') || type === 'Bernoulli' || type === 'Multinomial';
}
