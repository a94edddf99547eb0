import type { NamedTensors, TypedTensor } from '@tessera/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** One thread, the optimisation level of the product, and no arena: each of many sessions would keep its own. */
const OPTIONS: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: false,
  logSeverityLevel: 4,
};

export type Run = (feeds: NamedTensors) => Promise<NamedTensors>;

/** ONNX Runtime itself, without the executor's thread between. */
export async function openSession(
  path: string,
  level: InferenceSession.SessionOptions['graphOptimizationLevel'] = 'all',
): Promise<Run> {
  const session = await InferenceSession.create(path, { ...OPTIONS, graphOptimizationLevel: level });
  return async (feeds) => {
    const results = await session.run(
      Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, ortTensor(feed)])),
    );
    return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, typedTensor(result)]));
  };
}

function ortTensor({ dtype, data, shape }: TypedTensor): Tensor {
  return new Tensor(dtype, data as Float32Array, shape);
}

function typedTensor({ type, data, dims }: Tensor): TypedTensor {
  return { dtype: type, shape: [...dims], data } as TypedTensor;
}

/** Numbers between −2 and 2 that repeat nowhere. */
export function wave(shape: readonly number[], phase = 0): Extract<TypedTensor, { dtype: 'float32' }> {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const data = Float32Array.from(
    { length: count },
    (_, i) => Math.sin(i * 12.9898 + phase) * 1.5 + Math.sin(i * 0.01) * 0.5,
  );
  return { dtype: 'float32', shape, data };
}
