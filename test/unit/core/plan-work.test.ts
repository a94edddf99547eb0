import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEFAULT_LIMITS,
  evaluationsFrom,
  evaluationsOfStep,
  type Plan,
  parseGenerationRequest,
  planGeneration,
  windowsPerStep,
} from '@tessera/core';
import { modelCard } from '../../support/model-card.js';

const card = modelCard({
  imageEncoder: { input: 'sample', output: 'latent_parameters', posterior: 'moments', float: 'float32' },
});

function planOf(input: object): Plan {
  const context = { tenant: 't', models: [card], defaultModel: card.name, drawSeed: () => 1, limits: DEFAULT_LIMITS };
  return planGeneration(parseGenerationRequest({ prompt: 'x', steps: 10, ...input }, context), card);
}

const large = { width: 320, height: 192 };

test('the steps of an image come to its share of the plan, composed or not', () => {
  for (const input of [
    {},
    { count: 3 },
    large,
    { ...large, compose: { strength: 0.5 } },
    { ...large, compose: { strength: 1 }, count: 2 },
    { ...large, compose: { strength: 0.3 }, guidanceScale: 1 },
  ]) {
    const plan = planOf(input);
    const steps = plan.timesteps.map((_, stepIndex) => evaluationsOfStep(plan, stepIndex));
    const sum = steps.reduce((all, evaluations) => all + evaluations, 0);
    assert.ok(Math.abs(sum - plan.evaluations / plan.count) < 1e-9, JSON.stringify(input));
    assert.equal(evaluationsFrom(plan, 0), plan.evaluations / plan.count);
    assert.equal(evaluationsFrom(plan, plan.timesteps.length), 0);
  }
});

test('base steps are spread over the steps that the canvas leaves out', () => {
  const plan = planOf({ ...large, compose: { strength: 0.4 } });
  const perStep = windowsPerStep(plan) * 2;
  assert.deepEqual(
    plan.timesteps.map((_, stepIndex) => Math.round(3 * evaluationsOfStep(plan, stepIndex)) / 3),
    [...Array(6).fill(20 / 6), ...Array(4).fill(perStep)].map((evaluations) => Math.round(3 * evaluations) / 3),
  );
});
