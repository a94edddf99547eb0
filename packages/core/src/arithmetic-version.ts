import { guidedPrediction } from './guidance.js';
import { createNoiseStream } from './noise/noise-stream.js';
import { resolveSchedulerConfig } from './schedule/resolve-config.js';
import { createScheduler, takesEta } from './schedulers/create-scheduler.js';
import { SCHEDULER_NAMES, type SchedulerName } from './schedulers/names.js';
import type { Tensor } from './tensor/tensor.js';
import { cutWindow } from './windows/cut.js';
import { mergeWindows } from './windows/merge.js';
import { windowsOfStep } from './windows/moving-grid.js';
import { WINDOW_SCHEMES } from './windows/tiling.js';
import { planWindows } from './windows/window-grid.js';

/** One shape for each way torch draws: scalars, blocks, blocks with a tail. */
const NOISE_SHAPES = [
  [1, 3, 3],
  [4, 4, 4],
  [3, 5, 5],
] as const;
const SHAPE = [4, 4, 4] as const;
const SEED = 20_211_220;
const STEPS = 6;
/** Cells where one, two and four windows meet, and three along one axis. */
const CANVAS = { width: 13, height: 10 };
const WINDOW = { width: 6, height: 6 };

/**
 * What this process's arithmetic comes to: noise, a noised latent and a short
 * guided run of every scheduler on an analytic network, windows merged by
 * every scheme, where one step has them. Processes with equal bytes may go on with each other's
 * trajectories; hash them for the arithmetic version.
 */
export function arithmeticProbe(): Uint8Array {
  const noises = NOISE_SHAPES.flatMap((shape) => {
    const stream = createNoiseStream(SEED, shape);
    return [stream.at(0), stream.at(1)];
  });
  return bytesOf([...noises, ...SCHEDULER_NAMES.flatMap(trajectory), ...WINDOW_SCHEMES.map(mergedCanvas)]);
}

function mergedCanvas(scheme: (typeof WINDOW_SCHEMES)[number]): Tensor {
  const tiling = { overlap: 4, wrap: 'x', scheme, grid: 'moving' } as const;
  const latentShape = [2, CANVAS.height, CANVAS.width] as const;
  const atRest = { latentShape, windows: planWindows(CANVAS, WINDOW, tiling), tiling };
  const windows = windowsOfStep(atRest, STEPS);
  const canvas = createNoiseStream(SEED, latentShape).at(0);
  const pieces = windows.map((window, i) => scaled(cutWindow(canvas, window), 1, i / 16));
  return mergeWindows(pieces, { latentShape, windows, tiling });
}

function trajectory(name: SchedulerName): Tensor[] {
  const config = resolveSchedulerConfig({ betaStart: 0.00085, betaEnd: 0.012, betaSchedule: 'scaled_linear' }, name);
  const scheduler = createScheduler(name, config, STEPS, { eta: takesEta(name) ? 1 : 0 });
  const noise = createNoiseStream(SEED, SHAPE);
  let state = scheduler.init(noise.at(0));
  const tensors = [state.sample, scheduler.addNoise(noise.at(1), state.sample, STEPS - 1)];
  while (state.stepIndex < scheduler.timesteps.length) {
    const { stepIndex } = state;
    const { latent, timestep } = scheduler.modelInput(state);
    const prediction = guidedPrediction(scaled(latent, 0.5, 0), scaled(latent, 0.75, timestep / 1024), 3, 0.25);
    const drawn = scheduler.drawsNoise(stepIndex) ? noise.at(scheduler.noiseDraw(stepIndex)) : undefined;
    const step = scheduler.step(state, prediction, drawn);
    state = step.state;
    tensors.push(step.denoised, state.sample);
  }
  return tensors;
}

function scaled({ shape, data }: Tensor, factor: number, bias: number): Tensor {
  return { shape, data: data.map((x) => Math.fround(factor * x) + bias) };
}

/** Little-endian float32. */
function bytesOf(tensors: readonly Tensor[]): Uint8Array {
  const values = tensors.flatMap(({ data }) => Array.from(data));
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return bytes;
}
