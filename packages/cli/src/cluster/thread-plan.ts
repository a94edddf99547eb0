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
 * Divides the cores so that all workers together do not have more threads than
 * there are cores, as far as one thread each allows. Text encoders and decoders
 * run once for a whole generation and get one thread; the denoisers, which run
 * at every step, share the rest.
 *
 * @param threads what the user asked for, for every worker alike.
 */
export function planThreads(cores: number, workers: WorkerCounts, threads?: number): ThreadPlan {
  if (threads !== undefined) return { textEncoder: threads, denoiser: threads, decoder: threads };
  const left = cores - workers.textEncoders - workers.decoders;
  return { textEncoder: 1, denoiser: Math.max(1, Math.floor(left / workers.denoisers)), decoder: 1 };
}
