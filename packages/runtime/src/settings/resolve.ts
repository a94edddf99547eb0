import { dirname, resolve } from 'node:path';
import { invalidField, TesseraError } from '@tessera/core';
import { SUPERVISED_ENV, SUPERVISOR_KEY_ENV } from '../shutdown.js';
import { readConfigFile } from './config-file.js';
import {
  ENVIRONMENT_PREFIX,
  type Environment,
  flagOf,
  keyOf,
  type SettingDefinition,
  type SettingDefinitions,
  type SettingValues,
  variableOf,
} from './definition.js';
import { type Flags, parseFlags } from './flags.js';

export interface SettingSource {
  readonly kind: 'flag' | 'environment' | 'file' | 'default';
  /** `--listen`, `TESSERA_LISTEN`, `/etc/tessera.yaml: listen`, or `default`. */
  readonly name: string;
}

export interface ResolvedSetting {
  /** As in the file: `max-age`. */
  readonly key: string;
  /** As it would be written; absent when there is no value. */
  readonly text?: string;
  readonly source: SettingSource;
  readonly description: string;
}

export interface ResolvedSettings<Definitions extends SettingDefinitions> {
  readonly values: SettingValues<Definitions>;
  /** What is in force and where it came from, in the order of the table. */
  readonly entries: readonly ResolvedSetting[];
  readonly positionals: readonly string[];
  /** Variables that look like ours and that nothing takes. */
  readonly warnings: readonly string[];
}

export interface SettingSources {
  /** Without the executable and the script. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly directory?: string;
  /** Names of settings that other processes take from the same file or environment. */
  readonly alsoKnown?: readonly string[];
}

/** Ours, and no setting of every table: a supervisor's marks, and what client commands are told of a cluster. */
const RESERVED_VARIABLES = [SUPERVISED_ENV, SUPERVISOR_KEY_ENV, 'TESSERA_ADDRESS', 'TESSERA_API_KEY'];

/**
 * What a process is told: a flag, else its `TESSERA_*` variable, else the file
 * that `--config` or `TESSERA_CONFIG` names, else the default.
 *
 * @throws TesseraError `invalid_argument` that names the flag, variable or key
 *   at fault: unknown, out of bounds, or missing. Unknown variables are only
 *   warned about: a shell's environment belongs to many programs.
 */
export function resolveSettings<Definitions extends SettingDefinitions>(
  definitions: Definitions,
  { argv, environment, directory = process.cwd(), alsoKnown = [] }: SettingSources,
): ResolvedSettings<Definitions> {
  const flags = parseFlags(definitions, argv);
  const configFile = configFileOf(definitions, flags, environment, directory);
  const file = configFile === undefined ? new Map<string, readonly string[]>() : readConfigFile(configFile);
  const names = [...Object.keys(definitions), ...alsoKnown];
  assertKnownKeys(file, names, configFile);

  const values: Record<string, unknown> = {};
  const entries: ResolvedSetting[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    const written =
      fromFlag(flags, name, directory) ??
      fromEnvironment(environment, name, directory) ??
      fromFile(file, configFile, name);
    const value = written === undefined ? fallbackOf(name, definition, environment) : parsed(definition, written);
    values[name] = value;
    entries.push({
      key: keyOf(name),
      ...(value === undefined ? {} : { text: definition.type.format(value) }),
      source: written?.source ?? { kind: 'default', name: 'default' },
      description: definition.description,
    });
  }
  return {
    values: values as SettingValues<Definitions>,
    entries,
    positionals: flags.positionals,
    warnings: unknownVariables(environment, names).map((variable) => `${variable} is not a known setting`),
  };
}

interface Written {
  readonly texts: readonly string[];
  readonly source: SettingSource;
  /** What a relative path in it is relative to. */
  readonly directory: string;
}

function fromFlag(flags: Flags, name: string, directory: string): Written | undefined {
  const texts = flags.given.get(name);
  return texts && { texts, source: { kind: 'flag', name: flagOf(name) }, directory };
}

function fromEnvironment(environment: Environment, name: string, directory: string): Written | undefined {
  const variable = variableOf(name);
  const text = environment[variable];
  return text === undefined || text === ''
    ? undefined
    : { texts: [text], source: { kind: 'environment', name: variable }, directory };
}

function fromFile(
  file: ReadonlyMap<string, readonly string[]>,
  configFile: string | undefined,
  name: string,
): Written | undefined {
  const key = keyOf(name);
  const texts = file.get(key);
  if (texts === undefined || configFile === undefined) return undefined;
  return { texts, source: { kind: 'file', name: `${configFile}: ${key}` }, directory: dirname(configFile) };
}

function configFileOf(
  definitions: SettingDefinitions,
  flags: Flags,
  environment: Environment,
  directory: string,
): string | undefined {
  if (!('config' in definitions)) return undefined;
  const named = flags.given.get('config')?.[0] ?? environment[variableOf('config')];
  return named === undefined || named === '' ? undefined : resolve(directory, named);
}

function parsed<T>(definition: SettingDefinition<T>, { texts, source, directory }: Written): T {
  if (texts.length > 1 && !definition.type.repeatable) {
    throw invalidField(source.name, 'must be one value', texts.join(', '));
  }
  try {
    return definition.type.parse(texts, directory);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw invalidField(source.name, thrown.message, texts.join(','));
  }
}

function fallbackOf<T>(name: string, definition: SettingDefinition<T>, environment: Environment): T {
  if (definition.fallback !== undefined) return definition.fallback(environment);
  const message = `${flagOf(name)} ${definition.type.placeholder} is needed (or ${variableOf(name)}): ${definition.description}`;
  throw new TesseraError('invalid_argument', message, { field: flagOf(name) });
}

function assertKnownKeys(
  file: ReadonlyMap<string, readonly string[]>,
  names: readonly string[],
  configFile: string | undefined,
): void {
  const keys = names.map(keyOf);
  const unknown = [...file.keys()].find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  throw new TesseraError('invalid_argument', `${configFile}: ${unknown} is not a known setting`, { field: unknown });
}

function unknownVariables(environment: Environment, names: readonly string[]): readonly string[] {
  const known = new Set([...names.map(variableOf), ...RESERVED_VARIABLES]);
  return Object.keys(environment).filter((variable) => variable.startsWith(ENVIRONMENT_PREFIX) && !known.has(variable));
}
