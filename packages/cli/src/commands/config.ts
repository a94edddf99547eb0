import type { Command } from 'commander';
import { addSettings, commandSettings } from '../command-settings.js';
import { table } from '../output/table.js';
import { writeJson, writeOut } from '../output/write-out.js';
import { CLIENT_SETTINGS, CLUSTER_SETTINGS } from '../settings.js';
import { examples } from './command-context.js';

const SHOWN_SETTINGS = { ...CLUSTER_SETTINGS, ...CLIENT_SETTINGS };

export function addConfig(program: Command): void {
  const command = program
    .command('config')
    .description('print the settings in force and where each came from')
    .option('--json', 'one line of JSON for each', false)
    .addHelpText('after', examples('tessera config', 'TESSERA_PORT=9000 tessera config --config tessera.yaml'));
  addSettings(command, SHOWN_SETTINGS).action(async ({ json }: { json: boolean }, self: Command) => {
    const { entries, warnings } = commandSettings(self, SHOWN_SETTINGS);
    for (const warning of warnings) process.stderr.write(`${warning}\n`);
    if (!json) {
      const rows = entries.map(({ key, text, source }) => [key, text ?? '-', source.name]);
      return writeOut(table(['SETTING', 'VALUE', 'SOURCE'], rows));
    }
    for (const { key, text, source } of entries)
      await writeJson({ setting: key, value: text ?? null, source: source.name });
  });
}
