import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type PlannedBands, writeSubGraph } from '@tessera/onnx';

/** Changes with what the cutter writes for one and the same plan. */
const CUT_VERSION = 1;

/**
 * The segments' files of a model's network, cut when they are not there yet.
 * Several processes may cut at once: a folder appears whole or not at all.
 *
 * @param folder of all cut graphs.
 * @param modelSha256 of the model's manifest.
 * @returns one path for each segment of the plan.
 */
export async function cutGraphs(
  folder: string,
  modelSha256: string,
  { plan, graphs }: PlannedBands,
): Promise<readonly string[]> {
  const planSha256 = createHash('sha256')
    .update(`${CUT_VERSION} ${JSON.stringify(plan)}`)
    .digest('hex');
  const cut = join(folder, `${modelSha256.slice(0, 32)}-${planSha256.slice(0, 16)}`);
  if (!(await exists(cut))) {
    const unfinished = `${cut}.${process.pid}`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    for (const graph of graphs) await writeSubGraph(graph, segmentPath(unfinished, graph.name));
    await rename(unfinished, cut).catch(async (thrown) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!(await exists(cut))) throw thrown;
    });
  }
  return graphs.map(({ name }) => segmentPath(cut, name));
}

/** A folder for each: weights beside a model keep their own names. */
function segmentPath(folder: string, name: string): string {
  return join(folder, name, 'model.onnx');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
