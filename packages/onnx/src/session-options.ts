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
 * Spinning is off. Idle pool threads that spin win 2 % on an idle box, and
 * take the cores away from the other workers and from the gRPC side on a
 * shared one: the built-in UNet on two cores took 32 ms with spinning and
 * 24 ms without while another process was computing.
 */
export function sessionOptions(device: DeviceName, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [executionProvider(device) as InferenceSession.ExecutionProviderConfig],
    graphOptimizationLevel: GRAPH_OPTIMIZATION_LEVEL,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: LOG_FATAL,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
