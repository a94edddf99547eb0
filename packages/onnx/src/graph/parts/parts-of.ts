import { declareTensors } from '../declare-tensors.js';
import type { GraphIndex } from '../graph-index.js';
import type { ModelOperator } from '../graph-model.js';
import { type SubGraph, subGraph } from '../sub-graph.js';

/**
 * The parts of a graph whose operators are dealt out by `partOf`, which never
 * puts an operator before what feeds it. Constant operators need no place: each
 * part gets the ones it reads.
 */
export function partsOf(
  index: GraphIndex,
  count: number,
  partOf: (operator: ModelOperator) => number | undefined,
): readonly SubGraph[] {
  const declare = declareTensors(index);
  const operators = Array.from({ length: count }, (): ModelOperator[] => []);
  const lastReader = new Map<string, number>();
  for (const operator of index.order) {
    const part = partOf(operator);
    if (part === undefined || operator.outputs.every((name) => index.isConstant(name))) continue;
    operators[part]?.push(operator);
    for (const name of operator.inputs) lastReader.set(name, Math.max(part, lastReader.get(name) ?? 0));
  }
  return operators.map((own, part) => {
    const leaving = own
      .flatMap(({ outputs }) => outputs)
      .filter((name) => name !== '' && (index.isOutput(name) || (lastReader.get(name) ?? -1) > part));
    return subGraph(index, { name: `part-${part}`, operators: own, outputs: leaving }, declare);
  });
}
