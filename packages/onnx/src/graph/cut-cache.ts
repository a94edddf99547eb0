import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAsRecorded, writeRecord } from './cut-record.js';
import type { SubGraph } from './sub-graph.js';
import { type WriteOptions, writeSubGraph } from './write-sub-graph.js';

/** Changes with what the cutter writes for one and the same plan. */
const CUT_VERSION = 2;

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
  cut: Cut,
  options: WriteOptions = { weights: 'copy' },
): Promise<readonly string[]> {
  const found = await foundCut(folder, cut);
  if (found !== undefined) return found;
  const written = cutFolder(folder, cut);
  const unfinished = `${written}.${randomUUID()}`;
  try {
    await mkdir(unfinished, { recursive: true });
    for (const graph of cut.graphs) await writeSubGraph(graph, graphPath(unfinished, graph.name), options);
    await writeRecord(unfinished);
    await rename(unfinished, written).catch(async (thrown) => {
      if (!(await exists(written))) throw thrown;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return pathsIn(written, cut);
}

/**
 * The files of a graph that was cut before, every byte held to the hashes that were taken then.
 *
 * @returns `undefined` where there are none, or where they are not what was written: those are removed.
 */
export async function foundCut(folder: string, cut: Cut): Promise<readonly string[] | undefined> {
  const written = cutFolder(folder, cut);
  if (!(await exists(written))) return undefined;
  if (await isAsRecorded(written)) return pathsIn(written, cut);
  await rm(written, { recursive: true, force: true });
  return undefined;
}

/** Names what a plan makes of a model. */
export function cutSha256(plan: unknown): string {
  return createHash('sha256')
    .update(`${CUT_VERSION} ${JSON.stringify(plan)}`)
    .digest('hex');
}

function cutFolder(folder: string, { modelSha256, plan }: Cut): string {
  return join(folder, `${modelSha256.slice(0, 32)}-${cutSha256(plan).slice(0, 16)}`);
}

function pathsIn(written: string, { graphs }: Cut): readonly string[] {
  return graphs.map(({ name }) => graphPath(written, name));
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
