import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SubGraph } from './sub-graph.js';
import { type WriteOptions, writeSubGraph } from './write-sub-graph.js';

/** Changes with what the cutter writes for one and the same plan. */
const CUT_VERSION = 1;

export interface Cut {
  /** Of the model's manifest. */
  readonly modelSha256: string;
  /** What decides the files beside the model, as JSON would tell it. */
  readonly plan: unknown;
  readonly graphs: readonly SubGraph[];
}

/**
 * The files of a cut graph, written when they are not there yet. Several
 * processes may cut at once: a folder appears whole or not at all.
 *
 * @param folder of all cut graphs.
 * @param options weights are copied unless said: the store refuses a model whose files have a second name.
 * @returns one path for each of the graphs.
 */
export async function cutGraphs(
  folder: string,
  { modelSha256, plan, graphs }: Cut,
  options: WriteOptions = { weights: 'copy' },
): Promise<readonly string[]> {
  const cut = join(folder, `${modelSha256.slice(0, 32)}-${cutSha256(plan).slice(0, 16)}`);
  if (!(await exists(cut))) {
    const unfinished = `${cut}.${process.pid}`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    for (const graph of graphs) await writeSubGraph(graph, graphPath(unfinished, graph.name), options);
    await rename(unfinished, cut).catch(async (thrown) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!(await exists(cut))) throw thrown;
    });
  }
  return graphs.map(({ name }) => graphPath(cut, name));
}

/** Names what a plan makes of a model. */
export function cutSha256(plan: unknown): string {
  return createHash('sha256')
    .update(`${CUT_VERSION} ${JSON.stringify(plan)}`)
    .digest('hex');
}

/** A folder for each: weights beside a model keep their own names. */
function graphPath(folder: string, name: string): string {
  return join(folder, name, 'model.onnx');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
