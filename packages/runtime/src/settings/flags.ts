import { parseArgs } from 'node:util';
import { TesseraError } from '@tessera/core';
import { flagOf, keyOf, type SettingDefinitions } from './definition.js';

export interface Flags {
  /** What was written for each setting, by its camelCase name. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/**
 * Reads a command line: `--name value`, `--name=value`, `--switch`,
 * `--no-switch`, repeated flags, and positional arguments.
 *
 * @throws TesseraError `invalid_argument` that names an unknown flag, a flag
 *   without its value, or a flag given twice.
 */
export function parseFlags(definitions: SettingDefinitions, argv: readonly string[]): Flags {
  const names = new Map(Object.keys(definitions).map((name) => [keyOf(name), name]));
  const isSwitch = (name: string) => definitions[name]?.type.placeholder === '';
  const options = Object.fromEntries(
    [...names].map(([key, name]) => [key, { type: isSwitch(name) ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const negated = token.name.startsWith('no-') ? names.get(token.name.slice(3)) : undefined;
    const name = names.get(token.name) ?? (negated !== undefined && isSwitch(negated) ? negated : undefined);
    if (name === undefined) throw refused(token.rawName, 'is not a known flag');
    const value = isSwitch(name) ? (token.value ?? String(name !== negated)) : token.value;
    if (value === undefined) throw refused(token.rawName, `needs a value, ${definitions[name]?.type.placeholder}`);
    const earlier = given.get(name) ?? [];
    if (earlier.length > 0 && definitions[name]?.type.repeatable !== true) {
      throw refused(flagOf(name), 'is given twice');
    }
    given.set(name, [...earlier, value]);
  }
  return { given, positionals };
}

function refused(flag: string, why: string): TesseraError {
  return new TesseraError('invalid_argument', `${flag} ${why}`, { field: flag });
}
