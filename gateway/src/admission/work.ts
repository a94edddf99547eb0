import type { ModelCard, Plan } from '@tessera/core';

/** What a generation asks of the cluster, known before anything starts. */
export interface Work {
  /** Evaluations as dear as one on a native-size window. */
  readonly evaluations: number;
  /** That wait for each other: one after the other, however many denoisers there are. */
  readonly steps: number;
  /** Evaluations of one step, over all images and windows: what it can have in flight. */
  readonly inFlight: number;
  /** Decodes as dear as one of a native-size image. */
  readonly decodes: number;
  /** That the gateway holds at most. */
  readonly peakMemoryBytes: number;
}

export function workOf(plan: Plan, { nativeCanvas }: ModelCard): Work {
  const { windows, latentShape, count, timesteps, evaluations, peakMemoryBytes } = plan;
  const nativeCells = nativeCanvas.width * nativeCanvas.height;
  const windowCells = windows.reduce((sum, { width, height }) => sum + width * height, 0) / windows.length;
  return {
    evaluations: (evaluations * windowCells) / nativeCells,
    steps: timesteps.length,
    inFlight: evaluations / timesteps.length,
    decodes: (count * latentShape[1] * latentShape[2]) / nativeCells,
    peakMemoryBytes,
  };
}
