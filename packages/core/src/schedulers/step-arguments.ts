import type { Tensor } from '../tensor/tensor.js';
import type { SchedulerState } from './scheduler.js';

/** A state that can take a step; refuses one at or past the end. */
export function timestepOf(timesteps: readonly number[], state: SchedulerState): number {
  return timestepAt(timesteps, state.stepIndex);
}

/** The timestep of a step; refuses a step that the schedule does not have. */
export function timestepAt(timesteps: readonly number[], stepIndex: number): number {
  const timestep = timesteps[stepIndex];
  if (timestep === undefined) {
    throw new RangeError(`the trajectory has ${timesteps.length} steps; there is no step ${stepIndex}`);
  }
  return timestep;
}

/** The prediction's values, which must be of the sample's length. */
export function predictionValues(state: SchedulerState, prediction: Tensor): Float32Array {
  if (prediction.data.length !== state.sample.data.length) {
    throw new RangeError(`a prediction of [${prediction.shape}] does not fit a sample of [${state.sample.shape}]`);
  }
  return prediction.data;
}

/** The noise's values, which a stochastic step must be given. */
export function noiseValues(state: SchedulerState, noise: Tensor | undefined): Float32Array {
  if (noise === undefined) throw new RangeError(`step ${state.stepIndex} needs noise`);
  if (noise.data.length !== state.sample.data.length) {
    throw new RangeError(`noise of [${noise.shape}] does not fit a sample of [${state.sample.shape}]`);
  }
  return noise.data;
}

/** The state after a step. */
export function nextState(
  state: SchedulerState,
  sample: Float32Array,
  history: readonly Tensor[] = [],
): SchedulerState {
  return { stepIndex: state.stepIndex + 1, sample: { shape: state.sample.shape, data: sample }, history };
}

/** A tensor of the sample's shape. */
export function likeSample(state: SchedulerState, data: Float32Array): Tensor {
  return { shape: state.sample.shape, data };
}
