import type { GraphFacts } from '../graph-facts.js';
import type { GraphIndex } from '../graph-index.js';
import type { ModelOperator } from '../graph-model.js';
import type { Shape } from '../shapes.js';

/** A graph with what is known of its tensors: what pattern search needs. */
export class GraphView {
  readonly index: GraphIndex;
  readonly facts: GraphFacts;

  constructor(index: GraphIndex, facts: GraphFacts) {
    this.index = index;
    this.facts = facts;
  }

  shape(tensor: string): Shape | undefined {
    return this.facts.get(tensor)?.shape;
  }

  values(tensor: string | undefined): readonly number[] | undefined {
    return tensor === undefined ? undefined : this.facts.get(tensor)?.values;
  }

  /** The operator of `type` that makes a tensor. */
  madeBy(tensor: string | undefined, type: string): ModelOperator | undefined {
    const producer = tensor === undefined ? undefined : this.index.producer(tensor);
    return producer?.type === type ? producer : undefined;
  }

  /** The one operator that reads a tensor, if there is just one and it is of `type`. */
  onlyReader(tensor: string, type: string): ModelOperator | undefined {
    const readers = this.index.consumers(tensor);
    return readers.length === 1 && readers[0]?.type === type && !this.index.isOutput(tensor) ? readers[0] : undefined;
  }

  /** Of a binary operator, the side that is not `tensor`. */
  otherInput(operator: ModelOperator, tensor: string): string | undefined {
    const [a, b] = operator.inputs;
    return a === tensor ? b : b === tensor ? a : undefined;
  }

  /** Operators in graph order. */
  sorted(operators: Iterable<ModelOperator>): readonly ModelOperator[] {
    const wanted = new Set(operators);
    return this.index.order.filter((operator) => wanted.has(operator));
  }
}
