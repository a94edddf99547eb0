import type { InferenceSession } from 'onnxruntime-node';
import { type DeviceName, executionProvider } from './device.js';

/**
 * Fixed, because it decides which kernels and fusions run and with them the
 * last bits of every result: it is part of the numeric class.
 */
export const GRAPH_OPTIMIZATION_LEVEL = 'all';

/** ONNX Runtime's severities; what goes wrong comes back as an exception, with the same words. */
const LOG_FATAL = 4;

/**
 * The thread plan: `threads` for the operators of one run, no second pool.
 *
 * Spinning is off. Pool threads that spin while they wait take the cores away
 * from other workers and from the gRPC side: the built-in UNet with two threads
 * on two cores, beside other processes, took 32 ms alone and 244 ms in a batch
 * of 8 with spinning, 24 and 155 ms without. With one thread there is no pool
 * and no difference.
 */
/**
 * @param arena whether the session keeps the memory of its runs for the next; each keeps its own, so that sessions of
 * many segments go without.
 */
export function sessionOptions(device: DeviceName, threads: number, arena: boolean): InferenceSession.SessionOptions {
  return {
    enableCpuMemArena: arena,
    executionProviders: [executionProvider(device) as InferenceSession.ExecutionProviderConfig],
    graphOptimizationLevel: GRAPH_OPTIMIZATION_LEVEL,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: LOG_FATAL,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
