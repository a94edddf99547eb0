import type { ValueType } from './value-types.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One thing that a process can be told: its type, its meaning, and what it is when nobody says. */
export interface SettingDefinition<T> {
  readonly type: ValueType<NonNullable<T>>;
  readonly description: string;
  /** Absent for a setting that must be given. */
  readonly fallback?: (environment: Environment) => T;
}

/** A setting that always has a value, or is known to have none. */
export type SettingWithFallback<T> = SettingDefinition<T> & Required<Pick<SettingDefinition<T>, 'fallback'>>;

/** By camelCase name; `maxAge` is `--max-age`, `TESSERA_MAX_AGE`, and `max-age` in the file. */
// biome-ignore lint/suspicious/noExplicitAny: a table holds settings of every type.
export type SettingDefinitions = Readonly<Record<string, SettingDefinition<any>>>;

export type SettingValues<Definitions extends SettingDefinitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends SettingDefinition<infer T> ? T : never;
};

/** A setting with a default, which may depend on the environment. */
export function setting<T>(
  type: ValueType<T>,
  description: string,
  fallback: T | ((environment: Environment) => T),
): SettingWithFallback<T> {
  const compute = typeof fallback === 'function' ? (fallback as (environment: Environment) => T) : () => fallback;
  return { type: type as ValueType<NonNullable<T>>, description, fallback: compute };
}

/** A setting that is undefined when it is not given. */
export function optional<T>(type: ValueType<T>, description: string): SettingWithFallback<T | undefined> {
  return { type: type as ValueType<NonNullable<T>>, description, fallback: () => undefined };
}

/** A setting that must be given. */
export function required<T>(type: ValueType<T>, description: string): SettingDefinition<T> {
  return { type: type as ValueType<NonNullable<T>>, description };
}

/** Keeps the exact types of a table. */
export function defineSettings<const Definitions extends SettingDefinitions>(definitions: Definitions): Definitions {
  return definitions;
}

/** `maxAge` → `max-age`. */
export function keyOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function flagOf(name: string): string {
  return `--${keyOf(name)}`;
}

export const ENVIRONMENT_PREFIX = 'TESSERA_';

export function variableOf(name: string): string {
  return ENVIRONMENT_PREFIX + keyOf(name).replaceAll('-', '_').toUpperCase();
}
