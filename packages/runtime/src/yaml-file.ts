import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * What a YAML file holds; scalars as they are written, all of them strings.
 *
 * @throws Error with why it cannot be read or is no YAML.
 */
export function readYamlFile(file: string): unknown {
  return parse(readFileSync(file, 'utf8'), { schema: 'failsafe' });
}
