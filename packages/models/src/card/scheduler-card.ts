import { type SchedulerConfigValues, type SchedulerName, schedulerConfigValuesFromJson } from '@tessera/core';
import type { JsonFile } from '../folder/json-file.js';

export interface SchedulerReading {
  readonly values: SchedulerConfigValues;
  /** The method the model runs with unless a request or tessera.json names another. */
  readonly scheduler: SchedulerName;
}

/** Methods over the same noise schedule that Tessera lacks, and the nearest one it has. */
const NEAREST: Readonly<Record<string, SchedulerName>> = {
  UniPCMultistepScheduler: 'dpmpp-2m',
  DPMSolverSinglestepScheduler: 'dpmpp-2m',
  DEISMultistepScheduler: 'dpmpp-2m',
  LMSDiscreteScheduler: 'euler',
  HeunDiscreteScheduler: 'euler',
  KDPM2DiscreteScheduler: 'euler',
  KDPM2AncestralDiscreteScheduler: 'euler-ancestral',
};

/** @throws TesseraError `failed_precondition` for a class of another kind of diffusion (flow matching). */
export function readScheduler(file: JsonFile): SchedulerReading {
  const { values, scheduler } = schedulerConfigValuesFromJson(file.values);
  const name = file.text('_class_name');
  const chosen = scheduler ?? NEAREST[name ?? ''];
  if (chosen === undefined) throw file.refusal('_class_name', `${name ?? 'missing'}, which Tessera cannot run`);
  return { values, scheduler: chosen };
}
