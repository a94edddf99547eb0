import { TesseraError } from '@tessera/core';
import { readYamlFile } from '../yaml-file.js';

/**
 * The settings in a `tessera.yaml`: keys as in the flags, each with one value
 * or a list. Scalars are taken as they are written.
 *
 * @throws TesseraError `invalid_argument` when the file cannot be read, is no
 *   YAML, or holds anything else.
 */
export function readConfigFile(file: string): ReadonlyMap<string, readonly string[]> {
  const refused = (why: string, cause?: unknown) =>
    new TesseraError('invalid_argument', `${file}: ${why}`, { field: 'config', cause });
  let content: unknown;
  try {
    content = readYamlFile(file);
  } catch (thrown) {
    throw refused((thrown as Error).message, thrown);
  }
  if (content === null || content === '') return new Map();
  if (typeof content !== 'object' || Array.isArray(content)) throw refused('must hold settings as `key: value`');
  return new Map(
    Object.entries(content).map(([key, value]) => {
      const texts: unknown[] = Array.isArray(value) ? value : [value];
      if (!texts.every((text) => typeof text === 'string')) throw refused(`${key} must be one value or a list`);
      return [key, texts as string[]];
    }),
  );
}
