import type { Receipt } from '@tessera/core';

/** A receipt as JSON: the proto's field names; the seed is a string where a number could not hold it. */
export type ReceiptJson = Readonly<Record<string, unknown>>;

export function receiptJson(receipt: Receipt): ReceiptJson {
  const seed = Number(receipt.seed);
  return renamed({ ...receipt, seed: Number.isSafeInteger(seed) ? seed : receipt.seed }, snakeCase) as ReceiptJson;
}

/**
 * The inverse of {@link receiptJson}.
 *
 * @throws RangeError when a field that identifies the image is missing.
 */
export function receiptFromJson(json: unknown): Receipt {
  const receipt = renamed(json, camelCase) as Receipt;
  for (const field of ['seed', 'model', 'modelSha256', 'prompt', 'scheduler', 'steps', 'imageSha256'] as const) {
    if (receipt?.[field] === undefined) throw new RangeError(`a receipt without ${snakeCase(field)}`);
  }
  return { ...receipt, seed: String(receipt.seed) };
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [rename(name), renamed(entry, rename)]));
}

/** `modelSha256` → `model_sha256`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
