import { allHold, protectionOutcomes } from '../../support/protection-outcomes.js';
import { PROTECTIONS, type ProtectionName } from '../../support/protections.js';
import type { AcceptancePoint } from '../point.js';

/** What the survival of generations rests on. */
const OF_SURVIVAL: readonly ProtectionName[] = [
  'stored-before-accepted',
  'expected-sequence',
  'append-expects-sequence',
  'checkpoint-checksum',
  'states-are-told',
  'objects-are-checked',
  'monotonic-leases',
  'calls-end-before-goaway',
  'silent-gateways-are-left',
];

export const survivalProtectionsPoint: AcceptancePoint = {
  id: 'survival.9',
  title: 'with any protection of survival switched off a test of it fails',
  run: async () => {
    const outcomes = await protectionOutcomes(PROTECTIONS.filter(({ name }) => OF_SURVIVAL.includes(name)));
    return {
      value: outcomes,
      limit: { protections: OF_SURVIVAL.length, on: 'passed', off: 'failed' },
      pass: outcomes.length === OF_SURVIVAL.length && allHold(outcomes),
    };
  },
};
