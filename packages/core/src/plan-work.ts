import type { Plan } from './plan.js';
import { usesGuidance } from './plan-generation.js';
import { windowsPerStep } from './windows/moving-grid.js';

/**
 * Evaluations that one image still needs before step `stepIndex`. Those of a
 * base image are spread over the steps that its canvas leaves out.
 */
export function evaluationsFrom(plan: Plan, stepIndex: number): number {
  const { timesteps, compose } = plan;
  const first = compose?.startStep ?? 0;
  const perStep = windowsPerStep(plan) * (usesGuidance(plan) ? 2 : 1);
  const canvas = (timesteps.length - Math.max(stepIndex, first)) * perStep;
  const base = plan.evaluations / plan.count - (timesteps.length - first) * perStep;
  if (stepIndex === 0) return canvas + base;
  return canvas + (stepIndex < first ? (base * (first - stepIndex)) / first : 0);
}

/** Evaluations of one step of one image, as `evaluationsFrom` counts them. */
export function evaluationsOfStep(plan: Plan, stepIndex: number): number {
  return evaluationsFrom(plan, stepIndex) - evaluationsFrom(plan, stepIndex + 1);
}
