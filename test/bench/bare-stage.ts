import { createInterface } from 'node:readline';
import * as ort from 'onnxruntime-node';

/**
 * A process that does one stage's network runs and nothing else: what any
 * server has to beat. Started with the graph's path and a thread count; each
 * line on stdin asks for a number of runs, each answer on stdout is their time.
 */
export interface BareRequest {
  readonly runs: number;
  readonly feeds: Readonly<Record<string, BareFeed>>;
}

export interface BareFeed {
  readonly type: 'float32' | 'int32' | 'int64';
  readonly shape: readonly number[];
  readonly fill: number;
}

export interface BareAnswer {
  readonly ms: number;
}

function feedOf({ type, shape, fill }: BareFeed): ort.Tensor {
  const count = shape.reduce((product, extent) => product * extent, 1);
  switch (type) {
    case 'float32':
      return new ort.Tensor(type, new Float32Array(count).fill(fill), shape);
    case 'int32':
      return new ort.Tensor(type, new Int32Array(count).fill(fill), shape);
    case 'int64':
      return new ort.Tensor(type, new BigInt64Array(count).fill(BigInt(fill)), shape);
  }
}

const [path = '', threads = '1'] = process.argv.slice(2);
const session = await ort.InferenceSession.create(path, {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
});
console.log(JSON.stringify({ ready: true }));

for await (const line of createInterface({ input: process.stdin })) {
  const { runs, feeds } = JSON.parse(line) as BareRequest;
  const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, feedOf(feed)]));
  const begin = performance.now();
  for (let run = 0; run < runs; run += 1) await session.run(tensors);
  console.log(JSON.stringify({ ms: performance.now() - begin } satisfies BareAnswer));
}
