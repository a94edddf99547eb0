export interface WorkerCounts {
  readonly textEncoders: number;
  readonly denoisers: number;
  readonly decoders: number;
}

/** Threads of one run, for each worker of a stage. */
export interface ThreadPlan {
  readonly textEncoder: number;
  readonly denoiser: number;
  readonly decoder: number;
}

/**
 * The denoisers, which run at every step, share all cores. Text encoders and
 * decoders run once for a whole generation, in a moment when its denoiser
 * waits for them, and get one thread each; idle threads do not spin
 * (`packages/onnx`), so they cost the denoisers nothing.
 *
 * @param threads what the user asked for, for every worker alike.
 */
export function planThreads(cores: number, workers: WorkerCounts, threads?: number): ThreadPlan {
  if (threads !== undefined) return { textEncoder: threads, denoiser: threads, decoder: threads };
  return { textEncoder: 1, denoiser: Math.max(1, Math.floor(cores / workers.denoisers)), decoder: 1 };
}
