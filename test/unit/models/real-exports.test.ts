import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DenoiserCard, ModelCard } from '@tessera/core';
import { addModel, verifyModel } from '@tessera/models';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { assembleTinyModel } from '../../support/tiny-models.js';

interface Expected {
  readonly timestep: readonly [type: DenoiserCard['timestepType'], rank: 0 | 1];
  readonly float: DenoiserCard['float'];
  readonly inputIds: 'int32' | 'int64';
  readonly hiddenStates: readonly string[];
  readonly posterior: 'moments' | 'sample';
  readonly timestepCondDim?: number;
  readonly defaults: readonly [scheduler: string, steps: number, guidanceScale: number];
}

const SD: Expected = {
  timestep: ['float32', 0],
  float: 'float32',
  inputIds: 'int64',
  hiddenStates: ['last_hidden_state'],
  posterior: 'moments',
  defaults: ['pndm', 50, 7.5],
};

/** Folders that diffusers, transformers and torch exported. */
const EXPORTS: Readonly<Record<string, Expected>> = {
  'sd-tiny': SD,
  'sd-tiny-legacy': { ...SD, timestep: ['float32', 1], inputIds: 'int32', posterior: 'sample' },
  'sd-tiny-fp16': { ...SD, timestep: ['float16', 0], float: 'float16' },
  'sdxl-tiny': {
    ...SD,
    timestep: ['int64', 0],
    hiddenStates: ['hidden_states.2', 'hidden_states.1'],
    defaults: ['euler', 50, 5],
  },
  'lcm-tiny': { ...SD, timestepCondDim: 32, defaults: ['lcm', 4, 8.5] },
};

for (const [name, expected] of Object.entries(EXPORTS)) {
  test(`${name} is read, stored whole and opened`, async () => {
    using folder = temporaryFolder();
    const source = assembleTinyModel(name, folder.path);
    const { folder: stored, card, ignored } = await addModel(source, { home: join(folder.path, 'home') });
    assert.deepEqual(ignored, []);
    assert.deepEqual((await verifyModel(stored)).card, card);
    assert.deepEqual(summary(card), expected);
  });
}

function summary({ denoiser, conditioning, imageEncoder, defaults }: ModelCard): Partial<Expected> {
  return {
    timestep: [denoiser.timestepType, denoiser.timestepRank],
    float: denoiser.float,
    inputIds: conditioning.textEncoders[0]?.inputIdsType,
    hiddenStates: conditioning.textEncoders.map((encoder) => encoder.hiddenStateOutput),
    posterior: imageEncoder?.posterior,
    ...(denoiser.timestepCondDim === undefined ? {} : { timestepCondDim: denoiser.timestepCondDim }),
    defaults: [defaults.scheduler, defaults.steps, defaults.guidanceScale],
  };
}
