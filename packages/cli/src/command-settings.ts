import { flagOf, type ResolvedSettings, resolveSettings, type SettingDefinitions } from '@tessera/runtime';
import { type Command, Option } from 'commander';
import { ALL_SETTING_NAMES } from './settings.js';

/** Gives a command one option for each setting of a table. */
export function addSettings(command: Command, definitions: SettingDefinitions): Command {
  for (const [name, { type, description }] of Object.entries(definitions)) {
    const isSwitch = type.placeholder === '';
    const option = new Option(isSwitch ? flagOf(name) : `${flagOf(name)} <${type.placeholder}>`, description);
    if (type.repeatable) option.argParser((text: string, earlier: string[] | undefined) => [...(earlier ?? []), text]);
    command.addOption(option);
    if (isSwitch) command.addOption(new Option(negated(name)).hideHelp());
  }
  return command;
}

function negated(name: string): string {
  return `--no-${flagOf(name).slice(2)}`;
}

/**
 * What a command is told about a table of settings: its options, then the
 * environment, the file and the defaults.
 *
 * @throws TesseraError `invalid_argument` that names the option, variable or key at fault.
 */
export function commandSettings<Definitions extends SettingDefinitions>(
  command: Command,
  definitions: Definitions,
): ResolvedSettings<Definitions> {
  const argv = Object.keys(definitions)
    .filter((name) => command.getOptionValueSource(name) === 'cli')
    .flatMap((name) => asFlags(name, command.getOptionValue(name)));
  return resolveSettings(definitions, { argv, environment: process.env, alsoKnown: ALL_SETTING_NAMES });
}

function asFlags(name: string, value: unknown): readonly string[] {
  if (typeof value === 'boolean') return [value ? flagOf(name) : negated(name)];
  const values = Array.isArray(value) ? value : [value];
  return values.map((one) => `${flagOf(name)}=${one}`);
}
