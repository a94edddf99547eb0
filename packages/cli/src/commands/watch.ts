import type { Command } from 'commander';
import { Option } from 'commander';
import { follow } from '../output/event-sink.js';
import { ImageFiles } from '../output/image-files.js';
import { createSink } from '../output/sinks.js';
import { PREVIEW_MODES, type PreviewMode } from '../output/terminal-images.js';
import { addClusterCommand, type CommandContext, examples } from './command-context.js';
import { numberOption } from './option-values.js';

interface WatchCommandOptions {
  readonly afterSequence?: number;
  readonly output?: string;
  readonly force: boolean;
  readonly preview: PreviewMode;
  readonly previewDir?: string;
  readonly json: boolean;
}

export function addWatch(program: Command, context: CommandContext): void {
  const command = program
    .command('watch')
    .description('follow a generation from its beginning and keep its images; leaving does not stop it')
    .argument('<id>', 'generation to follow')
    .option('--after-sequence <N>', 'only what came after this event', numberOption)
    .option('--output <PATH>', 'file or folder; - is stdout (default: tessera-<seed>.png)')
    .option('--force', 'overwrite files', false)
    .addOption(new Option('--preview <MODE>', 'draw previews in the terminal').choices(PREVIEW_MODES).default('auto'))
    .option('--preview-dir <DIR>', 'keep every preview as a file there')
    .option('--json', 'one line of JSON for each event', false)
    .addHelpText('after', examples('tessera watch ID', 'tessera watch ID --after-sequence 2 --json'));
  addClusterCommand<[string], WatchCommandOptions>(command, context, async ({ client, signal }, options, id) => {
    const { plan, result } = await client.getGeneration(id, { signal });
    const format = result?.type === 'completed' ? result.images[0]?.image.format : undefined;
    const files = new ImageFiles({ output: options.output, force: options.force, format: format ?? 'png' });
    const events = client.watch(id, { signal, afterSequence: options.afterSequence });
    await follow(events, await createSink(options, files, client, plan));
  });
}
