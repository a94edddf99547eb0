import { allHold, protectionOutcomes } from '../../support/protection-outcomes.js';
import { PROTECTIONS } from '../../support/protections.js';
import type { AcceptancePoint } from '../point.js';

export const protectionsPoint: AcceptancePoint = {
  id: 'engine.8',
  title: 'each protection holds something: its test passes with it, and fails without it',
  run: async () => {
    const outcomes = await protectionOutcomes(PROTECTIONS);
    return { value: outcomes, limit: { on: 'passed', off: 'failed' }, pass: allHold(outcomes) };
  },
};
