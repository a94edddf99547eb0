import { defineSettings, required, setting } from './definition.js';
import { address, listOf, type ValueType } from './value-types.js';

/** One of several parts of a denoiser, counted from 1. */
export interface PartChoice {
  readonly part: number;
  readonly of: number;
}

export const MOST_PARTS = 64;

/** The first part is the denoiser's own. */
const furtherPart: ValueType<PartChoice> = {
  placeholder: 'K/N',
  repeatable: false,
  parse([text = '']) {
    const [, part, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
    if (part === undefined || of === undefined || part < 2 || part > of || of > MOST_PARTS) {
      throw new RangeError(`must be K/N, K from 2 to N and N at most ${MOST_PARTS}`);
    }
    return { part, of };
  },
  format: ({ part, of }) => `${part}/${of}`,
};

/** Of a denoiser, beside what every worker can be told. */
export const DENOISER_SETTINGS = defineSettings({
  denoiserParts: setting(
    listOf(address),
    'workers that have the further parts of the denoiser, from the second on, in order; none: it is whole',
    [],
  ),
});

/** Of a worker that has a further part of a denoiser. */
export const DENOISER_PART_SETTINGS = defineSettings({
  denoiserPart: required(furtherPart, 'which part of the denoiser this worker has: K/N'),
});
