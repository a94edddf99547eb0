import type { Command } from 'commander';
import { writeJson } from '../output/write-out.js';
import { addClusterCommand, type CommandContext, examples } from './command-context.js';

export function addRm(program: Command, context: CommandContext): void {
  const command = program
    .command('rm')
    .description('delete generations: prompt, images and log; running ones are cancelled first')
    .argument('<id...>', 'generations to delete')
    .option('--json', 'one line of JSON for each', false)
    .addHelpText('after', examples('tessera rm ID', 'tessera rm ID ID ID'));
  addClusterCommand<[string[]], { json: boolean }>(command, context, async ({ client, signal }, { json }, ids) => {
    for (const id of ids) {
      await client.deleteGeneration(id, { signal });
      if (json) await writeJson({ generation_id: id, deleted: true });
    }
  });
}
