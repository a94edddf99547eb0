import { invalidField } from '@tessera/core';

const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function isModelName(text: string): boolean {
  return MODEL_NAME.test(text);
}

/** @throws TesseraError `invalid_argument`. */
export function assertModelName(name: string): void {
  if (!isModelName(name)) {
    throw invalidField('name', 'must be 1–64 letters, digits, ".", "_" or "-", starting with a letter or digit', name);
  }
}
