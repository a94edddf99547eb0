import type { Command } from 'commander';
import { tesseraVersion } from '../installation.js';
import { writeJson, writeOut } from '../output/write-out.js';
import { examples } from './command-context.js';

export function addVersion(program: Command): void {
  program
    .command('version')
    .description('print the version')
    .option('--json', 'with the runtime and the platform, as JSON', false)
    .addHelpText('after', examples('tessera version', 'tessera version --json'))
    .action(async ({ json }: { json: boolean }) => {
      const version = tesseraVersion();
      const platform = `${process.platform}-${process.arch}`;
      await (json ? writeJson({ version, node: process.version, platform }) : writeOut(`${version}\n`));
    });
}
