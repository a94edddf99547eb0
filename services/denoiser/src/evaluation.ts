import type { Tensor } from '@tessera/core';
import type { RunForecast, TypedTensor } from '@tessera/onnx';
import type { CallOrder__Output } from '@tessera/proto';

/** What runs evaluations: the network of one model, as the run loop sees it. */
export interface EvaluationNetwork {
  /** Rows that one run may hold of latents of this shape; more gain nothing, or are not sure to keep each other's bits. */
  rowLimit(latentShape: readonly number[]): number;
  readonly forecast: RunForecast;
  /** Runs that are under way at once when there is enough to do; 1 when not given. */
  readonly runsAtOnce?: number;
  /**
   * Hands one run over.
   * @param evaluations of one bucket.
   * @param wanted whether anybody still waits for it: it may be left half done when nobody does.
   */
  begin(evaluations: readonly Evaluation[], wanted?: () => boolean): PendingNetworkRun;
}

export interface PendingNetworkRun {
  readonly result: Promise<NetworkRun>;
  /** @returns whether the run was stopped before it started. */
  readonly drop: () => boolean;
  /** Resolves when the next run may begin; at its end when not given. */
  readonly freed?: Promise<void>;
}

export interface NetworkRun {
  /** On the machine's monotonic clock, as `process.hrtime`. */
  readonly startedAtMs: number;
  /** One for each evaluation, in order. */
  readonly predictions: readonly Tensor[];
  readonly runMs: number;
}

/** One row of a run: one latent under one conditioning. */
export interface Evaluation {
  readonly network: EvaluationNetwork;
  /** [channels, height, width] */
  readonly latent: Tensor;
  readonly timestep: number;
  /** The graph's further inputs by name, in its own types, without batch axis. */
  readonly inputs: Readonly<Record<string, TypedTensor>>;
  /** Evaluations of one bucket may share a run: equal network, shapes, and what else one run has once. */
  readonly bucket: string;
}

/** What a gateway asked for at once: the same latent under one or two conditionings. */
export interface DenoiserCall {
  readonly evaluations: readonly Evaluation[];
  readonly order: CallOrder__Output | null;
  /** Withdraws what has not started. */
  readonly signal: AbortSignal;
  /** Hears that it begins; for one that runs alone. */
  readonly onBegin?: () => void;
}

export interface DenoiserResult {
  /** One for each evaluation, in order. */
  readonly predictions: readonly Tensor[];
  /** Time in the network, over the runs of this call. */
  readonly runMs: number;
  /** Evaluations of the largest run that this call was part of. */
  readonly batchSize: number;
  /** Of the worker's queue when the call was taken out of it. */
  readonly virtualTime: number;
}
