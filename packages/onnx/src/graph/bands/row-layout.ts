import { trialShapes } from '../free-axes.js';
import { constantFacts, factsForShapes, type GraphFacts } from '../graph-facts.js';
import type { GraphIndex } from '../graph-index.js';
import type { ModelOperator } from '../graph-model.js';
import { GraphView } from '../norms/graph-view.js';
import type { Shape } from '../shapes.js';
import { uncuttable } from '../uncuttable.js';

/**
 * Which tensors of an image network are images themselves: [1, channels, rows,
 * columns] with rows and columns in a fixed proportion to the input's.
 */
export class RowLayout {
  readonly view: GraphView;
  readonly constants: GraphFacts;
  readonly #scales: ReadonlyMap<string, number>;
  readonly #latentScale: number;

  /** @throws TesseraError failed_precondition for a network that does not take and give one image. */
  constructor(index: GraphIndex) {
    const { inputs, outputs } = index.model;
    if (inputs.length !== 1 || outputs.length !== 1) {
      throw uncuttable(
        'the graph',
        `takes ${inputs.length} tensors and gives ${outputs.length}; bands need one image each way`,
      );
    }
    const input = (inputs[0] as { name: string }).name;
    this.constants = constantFacts(index);
    const trials = ([0, 1] as const).map((round) =>
      factsForShapes(index, this.constants, trialShapes(index.model, round, 1)),
    );
    const [facts, others] = trials as [GraphFacts, GraphFacts];
    this.view = new GraphView(index, facts);
    const scales = new Map<string, number>();
    for (const name of facts.keys()) {
      const scale = imageScale(facts.get(name)?.shape, facts.get(input)?.shape);
      if (scale === undefined || index.isConstant(name)) continue;
      if (scale === imageScale(others.get(name)?.shape, others.get(input)?.shape)) scales.set(name, scale);
    }
    this.#scales = scales;
    this.#latentScale = Math.min(...scales.values());
    for (const { name } of [...inputs, ...outputs]) {
      if (scales.has(name)) continue;
      const opaque = index.order.find((operator) => hidesShape(facts, operator));
      throw opaque === undefined
        ? uncuttable(name, 'is no image of [1, channels, rows, columns]')
        : uncuttable(opaque, 'gives a tensor whose shape cannot be told');
    }
  }

  /** Rows of a tensor for each row of the smallest image in the network, the latent; undefined for what is no image. */
  rowsPerLatentRow(tensor: string): number | undefined {
    const scale = this.#scales.get(tensor);
    if (scale === undefined) return undefined;
    const rows = scale / this.#latentScale;
    return Number.isInteger(rows) ? rows : undefined;
  }

  channels(tensor: string): number {
    return this.view.shape(tensor)?.[1] as number;
  }
}

/** An operator behind which shapes are no longer known. */
function hidesShape(facts: GraphFacts, { inputs, outputs }: ModelOperator): boolean {
  const isKnown = (name: string) => name === '' || facts.get(name)?.shape !== undefined;
  return inputs.every(isKnown) && !isKnown(outputs[0] ?? '');
}

function imageScale(shape: Shape | undefined, input: Shape | undefined): number | undefined {
  if (shape?.length !== 4 || input?.length !== 4 || shape[0] !== 1) return undefined;
  const [rows, columns] = [2, 3].map((axis) => (shape[axis] as number) / (input[axis] as number));
  return rows === columns ? rows : undefined;
}
