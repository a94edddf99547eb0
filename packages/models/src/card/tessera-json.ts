import { SCHEDULER_NAMES, type SchedulerName } from '@tessera/core';
import { JsonFile } from '../folder/json-file.js';
import type { ModelFolder } from '../folder/model-folder.js';
import { modelDefect } from '../model-defect.js';

/**
 * tessera.json, the optional file beside model_index.json: what a diffusers
 * folder cannot say (how the model is best used) and what an old export failed
 * to say (facts of its latent space). What it states wins.
 */
export interface TesseraJson {
  readonly scheduler?: SchedulerName;
  readonly steps?: number;
  readonly guidanceScale?: number;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly scalingFactor?: number;
  readonly shiftFactor?: number;
  readonly spatialCompression?: number;
  /** Latent cells. */
  readonly nativeWidth?: number;
  readonly nativeHeight?: number;
  readonly latentMultiple?: number;
}

const PATH = 'tessera.json';
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  defaults: ['scheduler', 'steps', 'guidance_scale', 'width', 'height'],
  latent: ['scaling_factor', 'shift_factor', 'spatial_compression', 'native_width', 'native_height', 'latent_multiple'],
};

/** @throws TesseraError `failed_precondition` for an unknown key or a value out of bounds. */
export function readTesseraJson(model: ModelFolder): TesseraJson {
  const file = model.json(PATH);
  if (file === undefined) return {};
  refuseUnknown(file.values, Object.keys(SECTIONS), '');
  const defaults = section(file, 'defaults');
  const latent = section(file, 'latent');
  const stated = {
    scheduler: schedulerName(defaults),
    steps: defaults.positiveInteger('steps'),
    guidanceScale: defaults.finite('guidance_scale'),
    width: defaults.positiveInteger('width'),
    height: defaults.positiveInteger('height'),
    scalingFactor: latent.finite('scaling_factor'),
    shiftFactor: latent.finite('shift_factor'),
    spatialCompression: latent.positiveInteger('spatial_compression'),
    nativeWidth: latent.positiveInteger('native_width'),
    nativeHeight: latent.positiveInteger('native_height'),
    latentMultiple: latent.positiveInteger('latent_multiple'),
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
}

function section(file: JsonFile, name: string): JsonFile {
  const values = file.record(name) ?? {};
  refuseUnknown(values, SECTIONS[name] ?? [], `${name}.`);
  return new JsonFile(PATH, values);
}

function refuseUnknown(values: object, known: readonly string[], prefix: string): void {
  const unknown = Object.keys(values).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw modelDefect(PATH, `has the unknown key ${prefix}${unknown}; known are ${known.join(', ')}`);
}

function schedulerName(defaults: JsonFile): SchedulerName | undefined {
  const name = defaults.text('scheduler');
  const known = SCHEDULER_NAMES.find((known) => known === name);
  if (name !== undefined && known === undefined) {
    throw defaults.refusal('scheduler', `${name}; known are ${SCHEDULER_NAMES.join(', ')}`);
  }
  return known;
}
