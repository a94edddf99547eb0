import { join } from 'node:path';
import { type BandPlan, GraphIndex, planBands, readGraphModel, type SegmentRun, writeSubGraph } from '@tessera/onnx';
import { openSession, type Run } from './sessions.js';

export interface OpenPlan {
  readonly plan: BandPlan;
  readonly run: SegmentRun;
}

/** A network's bands, its segments written into `folder` and loaded. */
export async function openPlan(path: string, folder: string): Promise<OpenPlan> {
  const { plan, graphs } = planBands(new GraphIndex(readGraphModel(path)));
  const sessions = new Map<string, Run>();
  for (const graph of graphs) {
    const segment = join(folder, `${graph.name}.onnx`);
    await writeSubGraph(graph, segment);
    sessions.set(graph.name, await openSession(segment));
  }
  return { plan, run: ({ name }, feeds) => (sessions.get(name) as Run)(feeds) };
}
