import { join } from 'node:path';
import { elementCount, type ModelCard } from '@tessera/core';
import type { OpenedModel } from '@tessera/models';
import {
  type Cut,
  cutGraphs,
  cutSha256,
  elementBytes,
  foundCut,
  GraphIndex,
  type GraphPartsPlan,
  planGraphParts,
  readGraphModel,
  type SubGraph,
} from '@tessera/onnx';
import { evaluationShapes } from './evaluation-shapes.js';

/** A denoising network as consecutive graphs, of which every worker has one. */
export interface CutDenoiser {
  readonly card: ModelCard;
  /** Equal at workers that cut the same model alike. */
  readonly id: string;
  readonly parts: readonly CutPart[];
}

export interface CutPart {
  readonly graph: SubGraph;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly weightBytes: number;
  /** To a part and back again for one evaluation of the native size; 0 for the first part, whose worker drives the others. */
  readonly wireBytes: number;
}

/**
 * Cuts a model's denoiser. What comes out is a function of the model and the
 * number of parts alone, so that every worker finds the same.
 *
 * @throws TesseraError failed_precondition that names the operator and the reason where the graph has to stay whole.
 */
export function cutDenoiser({ folder, card }: Pick<OpenedModel, 'folder' | 'card'>, count: number): CutDenoiser {
  const index = new GraphIndex(readGraphModel(join(folder, card.files.denoiser)));
  const shapes = evaluationShapes(card);
  const plan = planGraphParts(index, count, shapes);
  const bytesOf = tensorBytes(index, plan, shapes, card.denoiser.sampleInput);
  const batch = card.denoiser.fixedBatch ?? 1;
  const parts = plan.parts.map((graph, part) => {
    const inputs = graph.inputs.map(({ name }) => name);
    const outputs = graph.outputs.map(({ name }) => name);
    const wireBytes = part === 0 ? 0 : [...inputs, ...outputs].reduce((sum, name) => sum + bytesOf(name), 0) / batch;
    return { graph, inputs, outputs, weightBytes: graph.weightBytes, wireBytes };
  });
  const made = plan.parts.map(({ operators }) => operators.map(({ outputs }) => outputs));
  return { card, id: cutSha256([card.sha256, made]), parts };
}

/** The file of one of its parts, written if it is not there. @param cache folder of this machine's caches. */
export async function writePart(cut: CutDenoiser, part: number, cache: string): Promise<string> {
  const [path] = await cutGraphs(join(cache, 'cut'), cutOf(cut, part));
  return path as string;
}

/** The same where it was written before; `undefined` where it was not, or is not what was written. */
export async function foundPart(cut: CutDenoiser, part: number, cache: string): Promise<string | undefined> {
  return (await foundCut(join(cache, 'cut'), cutOf(cut, part)))?.[0];
}

function cutOf({ card, id, parts }: CutDenoiser, part: number): Cut {
  const graph = parts[part]?.graph;
  if (graph === undefined) throw new RangeError(`there is no part ${part}`);
  return { modelSha256: card.sha256, plan: [id, part], graphs: [graph] };
}

function tensorBytes(
  { model }: GraphIndex,
  { crossings }: GraphPartsPlan,
  shapes: ReadonlyMap<string, readonly number[]>,
  sampleInput: string,
): (name: string) => number {
  const bytes = new Map(crossings.flatMap(({ tensors }) => tensors.map((tensor) => [tensor.name, tensor.bytes])));
  for (const { name, elementType } of model.inputs) {
    bytes.set(name, elementCount(shapes.get(name) ?? []) * elementBytes(elementType));
  }
  // The prediction has the latent's shape.
  for (const { name } of model.outputs) bytes.set(name, bytes.get(sampleInput) ?? 0);
  return (name) => bytes.get(name) ?? 0;
}
