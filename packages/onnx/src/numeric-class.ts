import { createHash } from 'node:crypto';
import type { Executor } from './executor.js';
import { numericGraph, numericGraphInput } from './numeric-graph.js';
import { GRAPH_OPTIMIZATION_LEVEL } from './session-options.js';

/**
 * The name of the arithmetic that this executor does: workers with equal names
 * give equal bits. A hash over the provider, ONNX Runtime's version, the
 * optimisation level and the result of a known graph, which tells instruction
 * sets apart; `cpu-1.30.0-0a1b2c3d4e5f`. The number of threads does not enter:
 * it decides who computes a part of a result and not how.
 */
export async function numericClass(executor: Executor): Promise<string> {
  const network = await executor.load(numericGraph());
  const { outputs } = await executor.run(network, { x: numericGraphInput() });
  const hash = createHash('sha256').update(
    JSON.stringify([executor.provider, executor.runtimeVersion, GRAPH_OPTIMIZATION_LEVEL]),
  );
  for (const { data } of Object.values(outputs))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return `${executor.provider}-${executor.runtimeVersion}-${hash.digest('hex').slice(0, 12)}`;
}
