import { valueTypes } from '@tessera/runtime';
import { InvalidArgumentError } from 'commander';

/** A number as written, for the server to judge: `nan` and `1e9` are numbers too. */
export function numberOption(text: string): number {
  const value = Number(text);
  const isNumber = text.trim() !== '' && (!Number.isNaN(value) || text.toLowerCase() === 'nan');
  if (!isNumber) throw new InvalidArgumentError('It must be a number.');
  return value;
}

const ANY_DURATION = valueTypes.duration({ minMs: 0, maxMs: 365 * 24 * 3_600_000 });

/** Milliseconds of `500ms`, `30s`, `5m`, `1h`. */
export function durationOption(text: string): number {
  try {
    return ANY_DURATION.parse([text], '');
  } catch (thrown) {
    throw new InvalidArgumentError((thrown as Error).message);
  }
}
