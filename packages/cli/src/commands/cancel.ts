import type { Command } from 'commander';
import { writeJson, writeOut } from '../output/write-out.js';
import { addClusterCommand, type CommandContext, examples } from './command-context.js';

export function addCancel(program: Command, context: CommandContext): void {
  const command = program
    .command('cancel')
    .description('stop a generation; prints the state it ended in')
    .argument('<id>', 'generation to stop')
    .option('--json', 'one line of JSON', false)
    .addHelpText('after', examples('tessera cancel ID'));
  addClusterCommand<[string], { json: boolean }>(command, context, async ({ client, signal }, { json }, id) => {
    const state = await client.cancel(id, { signal });
    await (json ? writeJson({ generation_id: id, state }) : writeOut(`${state}\n`));
  });
}
