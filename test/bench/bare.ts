import { spawn } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repoRoot } from '../support/paths.js';
import type { BareAnswer, BareRequest } from './bare-stage.js';

/** One stage's network in a process of its own, as in a cluster, with nothing around it. */
export interface BareStage {
  /** Milliseconds that the runs took, in that process. */
  run(request: BareRequest): Promise<number>;
  close(): void;
}

/** As `yieldCores` of packages/onnx. */
export const EXECUTOR_NICER = process.platform === 'linux' ? 10 : 0;

/** @param nicer than this process: what an executor's threads are, so that both lose alike to whatever else runs. */
export async function startBareStage(graph: string, threads: number, nicer = 0): Promise<BareStage> {
  const script = join(repoRoot, 'test/dist/bench/bare-stage.js');
  const child = spawn(process.execPath, [script, graph, String(threads)], {
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // Before it makes its session, whose threads inherit it.
  if (nicer > 0 && child.pid !== undefined) setPriority(child.pid, Math.min(19, getPriority() + nicer));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the bare run of ${graph} ended`);
    return JSON.parse(value);
  };
  await answer();
  return {
    run: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return ((await answer()) as BareAnswer).ms;
    },
    close: () => child.stdin.end(),
  };
}
