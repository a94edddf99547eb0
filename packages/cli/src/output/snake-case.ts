/** `stepIndex` → `step_index`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * A value as JSON spells it: keys in the protos' snake_case, dates as ISO 8601,
 * whole numbers too large for a double as decimal text. Bytes are left out.
 */
export function snakeCased(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, entry]) => !(entry instanceof Uint8Array));
  return Object.fromEntries(entries.map(([key, entry]) => [snakeCase(key), snakeCased(entry)]));
}
