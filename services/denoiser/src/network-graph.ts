import type { Executor, LoadedNetwork, RunResult, TypedTensor } from '@tessera/onnx';

/** What a batch runs through: the whole graph, or the parts that it was cut into. */
export interface NetworkGraph {
  /** Runs that are under way at once when there is enough to do. */
  readonly runsAtOnce: number;
  /** Evaluations that began and never completed, or have not yet, though the executor counts them as completed. */
  readonly unfinished: number;
  /** @param feeds are given away. */
  begin(feeds: Readonly<Record<string, TypedTensor>>, run: GraphRun): PendingGraphRun;
}

export interface GraphRun {
  /** Name of the tensor to answer. */
  readonly output: string;
  /** What it counts as; 0 for a warm-up. */
  readonly evaluations: number;
  /** A failure inside the graph is this run's alone. */
  readonly mayFail?: boolean;
  /** Whether anybody still waits for it; asked where it can be left. */
  readonly wanted?: () => boolean;
}

export interface PendingGraphRun {
  readonly result: Promise<RunResult>;
  /** @returns whether the run was stopped before it started. */
  readonly drop: () => boolean;
  /** Resolves when the next run may be handed over; at its end when not given. */
  readonly freed?: Promise<void>;
}

/** A graph that one executor has whole. */
export function wholeGraph(executor: Executor, network: LoadedNetwork): NetworkGraph {
  return {
    runsAtOnce: 1,
    unfinished: 0,
    begin: (feeds, { output, evaluations, mayFail = false }) =>
      executor.begin(network, feeds, { outputs: [output], evaluations, mayFail }),
  };
}
