import { invalidField } from '@tessera/core';

/**
 * Refuses a value that the wire cannot carry as it was given. Whether it makes
 * sense is for the server to judge.
 *
 * @throws TesseraError `invalid_argument` naming the field.
 */
export type ValueRule = (value: unknown, field: string) => void;

export const text: ValueRule = (value, field) => {
  if (typeof value !== 'string') throw invalidField(field, 'must be text', value);
};

export const flag: ValueRule = (value, field) => {
  if (typeof value !== 'boolean') throw invalidField(field, 'must be true or false', value);
};

/** A double; NaN and the infinities travel too. */
export const real: ValueRule = (value, field) => {
  if (typeof value !== 'number') throw invalidField(field, 'must be a number', value);
};

export const whole: ValueRule = (value, field) => {
  if (!Number.isSafeInteger(value)) throw invalidField(field, 'must be a whole number', value);
};

export const milliseconds: ValueRule = (value, field) => {
  if (!Number.isFinite(value)) throw invalidField(field, 'must be a number of milliseconds', value);
};

const GREATEST_UINT64 = 2n ** 64n - 1n;

export const uint64: ValueRule = (value, field) => {
  const exact =
    typeof value === 'bigint' || Number.isSafeInteger(value) || (typeof value === 'string' && /^\d{1,20}$/.test(value));
  const fits = exact && BigInt(value as bigint) >= 0n && BigInt(value as bigint) <= GREATEST_UINT64;
  if (!fits) throw invalidField(field, `must be a whole number from 0 to ${GREATEST_UINT64}`, value);
};

export const oneOf =
  (...allowed: readonly string[]): ValueRule =>
  (value, field) => {
    if (!allowed.includes(value as string)) throw invalidField(field, `must be one of ${allowed.join(', ')}`, value);
  };
