import { modelDefect } from '../model-defect.js';

/**
 * One JSON object of a model folder. Every getter refuses a value of the wrong
 * kind by file and key; `null` counts as absent, as it does in diffusers.
 */
export class JsonFile {
  /** Path inside the model folder. */
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;

  constructor(path: string, values: Readonly<Record<string, unknown>>) {
    this.path = path;
    this.values = values;
  }

  /** @throws TesseraError `failed_precondition` when the text is not a JSON object. */
  static parse(path: string, text: string): JsonFile {
    const values = parseJson(path, text);
    if (!isRecord(values)) throw modelDefect(path, 'is not a JSON object');
    return new JsonFile(path, values);
  }

  text(key: string): string | undefined {
    return this.#read(key, 'a string', (value) => typeof value === 'string') as string | undefined;
  }

  flag(key: string): boolean | undefined {
    return this.#read(key, 'true or false', (value) => typeof value === 'boolean') as boolean | undefined;
  }

  finite(key: string): number | undefined {
    return this.#read(key, 'a finite number', Number.isFinite) as number | undefined;
  }

  positiveInteger(key: string): number | undefined {
    return this.#read(key, 'a positive integer', isPositiveInteger) as number | undefined;
  }

  numbers(key: string): readonly number[] | undefined {
    return this.#read(key, 'an array of finite numbers', isFiniteArray) as readonly number[] | undefined;
  }

  /** The length of an array of anything. */
  arrayLength(key: string): number | undefined {
    return (this.#read(key, 'an array', Array.isArray) as readonly unknown[] | undefined)?.length;
  }

  record(key: string): Readonly<Record<string, unknown>> | undefined {
    return this.#read(key, 'an object', isRecord) as Readonly<Record<string, unknown>> | undefined;
  }

  refusal(key: string, problem: string): Error {
    return modelDefect(this.path, `has ${key} ${problem}`);
  }

  #read(key: string, bound: string, holds: (value: unknown) => boolean): unknown {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    if (!holds(value)) throw this.refusal(key, `${JSON.stringify(value).slice(0, 80)}, which must be ${bound}`);
    return value;
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw modelDefect(path, 'is not JSON', error);
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isPositiveInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

export function isFiniteArray(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => Number.isFinite(entry));
}
