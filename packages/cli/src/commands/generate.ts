import { basename } from 'node:path';
import { assertCarriable, type GenerationRequestInput } from '@tessera/client';
import { DEFAULT_LIMITS, TesseraError } from '@tessera/core';
import { type Command, Option } from 'commander';
import { findCluster, findOrStartCluster } from '../cluster/find-cluster.js';
import { addSettings, commandSettings } from '../command-settings.js';
import { DetachedSink } from '../output/detached-sink.js';
import { follow } from '../output/event-sink.js';
import { formatOfFile, ImageFiles, STDOUT } from '../output/image-files.js';
import { createSink, showsPreviews } from '../output/sinks.js';
import { PREVIEW_MODES, type PreviewMode } from '../output/terminal-images.js';
import { CLIENT_SETTINGS } from '../settings.js';
import { type CommandContext, examples } from './command-context.js';
import { durationOption, numberOption } from './option-values.js';

export interface GenerateCommandOptions {
  readonly model?: string;
  readonly negative?: string;
  readonly seed?: string;
  readonly steps?: number;
  readonly guidance?: number;
  readonly guidanceRescale?: number;
  readonly scheduler?: string;
  readonly eta?: number;
  readonly width?: number;
  readonly height?: number;
  readonly overlap?: number;
  readonly wrap?: string;
  readonly windowScheme?: string;
  readonly windowGrid?: string;
  readonly compose: boolean;
  readonly strength?: number;
  readonly count?: number;
  readonly format?: 'png' | 'jpeg' | 'webp';
  readonly output?: string;
  readonly force: boolean;
  readonly preview: PreviewMode;
  readonly previewDir?: string;
  readonly previewEvery?: number;
  readonly detach: boolean;
  readonly json: boolean;
  readonly ephemeral: boolean;
  readonly timeLimit?: number;
  readonly keepFor?: number;
  readonly priority?: number;
  readonly idempotencyKey?: string;
}

export function addGenerate(program: Command, { signal }: CommandContext): void {
  const command = program
    .command('generate')
    .description('make an image of a prompt and watch it form')
    .argument('<prompt>', 'what to draw')
    .option('--model <NAME>', 'model to use; a folder too when a cluster is brought up for this call')
    .option('--negative <TEXT>', 'what to keep away from')
    .option('--seed <N>', 'same seed, same pixels; drawn when not given')
    .option('--steps <N>', 'denoising steps', numberOption)
    .option('--guidance <X>', 'weight of the prompt; 1: none beyond the model itself', numberOption)
    .option(
      '--guidance-rescale <X>',
      'share of the guided prediction brought back to its own contrast, 0–1',
      numberOption,
    )
    .option('--scheduler <NAME>', 'ddim, euler, euler-ancestral, dpmpp-2m, pndm, lcm or ddpm')
    .option('--eta <X>', 'fresh noise in every step of ddim, 0–1', numberOption)
    .option('--width <PIXELS>', 'width of the image; beyond the native size it is made of windows', numberOption)
    .option('--height <PIXELS>', 'height of the image', numberOption)
    .option('--compose', 'start a large image from one of native size, so that it has one composition', false)
    .option('--strength <X>', 'share of the steps that a composed image takes itself, 0–1 (default: 0.3)', numberOption)
    .option('--wrap <AXES>', 'go on at the other side along x, y or both: a panorama, a seamless texture')
    .option('--overlap <CELLS>', 'latent cells that windows share (default: a quarter of a window)', numberOption)
    .option('--window-scheme <NAME>', 'how overlapping windows are weighted: ramp or pyramid')
    .option('--window-grid <NAME>', 'whether windows lie elsewhere at every step: moving (default) or fixed')
    .option('--count <N>', 'images to make, from seed, seed + 1 …', numberOption)
    .addOption(
      new Option('--format <FORMAT>', 'file format; taken from --output when not given').choices([
        'png',
        'jpeg',
        'webp',
      ]),
    )
    .option('--output <PATH>', 'file or folder; - is stdout (default: tessera-<seed>.png)')
    .option('--force', 'overwrite files', false)
    .addOption(new Option('--preview <MODE>', 'draw previews in the terminal').choices(PREVIEW_MODES).default('auto'))
    .option('--preview-dir <DIR>', 'keep every preview as a file there')
    .option(
      '--preview-every <N>',
      'a preview after every n-th step (default: every step when previews are shown)',
      numberOption,
    )
    .option('--detach', 'print the id and leave; the generation goes on', false)
    .option('--json', 'one line of JSON for each event', false)
    .option('--ephemeral', 'bring up a cluster for this call even if one is running', false)
    .option('--time-limit <DURATION>', 'stop the generation when it takes longer, e.g. 30s', durationOption)
    .option(
      '--keep-for <DURATION>',
      'go on for so long when this command goes away (default: stop at once)',
      durationOption,
    )
    .option('--priority <N>', '0 (background) to 9 (urgent)', numberOption)
    .option('--idempotency-key <KEY>', 'the same key finds the same generation again')
    .addHelpText(
      'after',
      examples(
        'tessera generate "a red apple"',
        'tessera generate "a rocket on a sky blue background" --seed 7 --steps 30 --output rocket.png',
        'tessera generate "a grinning face" --count 4 --output faces/ --json',
        'tessera generate "a red apple" --width 1024 --height 640 --compose',
        'tessera generate "a red apple" --output - > apple.png',
        'tessera watch $(tessera generate "a red apple" --detach)',
      ),
    );
  addSettings(command, CLIENT_SETTINGS).action((prompt: string, options: GenerateCommandOptions, self: Command) =>
    runGenerate(prompt, options, self, signal),
  );
}

async function runGenerate(
  prompt: string,
  options: GenerateCommandOptions,
  command: Command,
  signal: AbortSignal,
): Promise<void> {
  assertTogether(options);
  const format = options.format ?? formatOfFile(options.output ?? '') ?? 'png';
  const files = new ImageFiles({ output: options.output, force: options.force, format });
  await assertOutputs(files, options);
  const request = requestOf(prompt, { ...options, format });
  assertCarriable(request);
  const settings = commandSettings(command, CLIENT_SETTINGS);
  const models = options.model === undefined ? [] : [options.model];
  const cluster = options.detach
    ? await findCluster({ settings, signal })
    : await findOrStartCluster({ settings, signal, ephemeral: options.ephemeral, models });
  try {
    const events = cluster.client.generate(request, { signal: cluster.signal, detach: options.detach });
    const sink = options.detach ? new DetachedSink(options.json) : await createSink(options, files, cluster.client);
    await follow(events, sink);
  } finally {
    await cluster.close();
  }
}

function assertTogether(options: GenerateCommandOptions): void {
  const { output, json, count = 1, detach, ephemeral, compose, strength } = options;
  const refuse = (message: string, field = 'output') => {
    throw new TesseraError('invalid_argument', message, { field });
  };
  if (strength !== undefined && !compose) refuse('--strength goes with --compose', 'compose.strength');
  if (output === STDOUT && json) refuse('--output - and --json both want stdout');
  if (output === STDOUT && count > 1) refuse('--output - takes one image, not --count');
  if (detach && ephemeral) refuse('--detach needs a cluster that stays: `tessera up`');
}

/** Before any work is asked for. */
async function assertOutputs(files: ImageFiles, { seed, count = 1, detach }: GenerateCommandOptions): Promise<void> {
  if (detach || files.toStdout) return;
  const known = seed !== undefined && /^\d{1,20}$/.test(seed) ? BigInt(seed) : undefined;
  // A count that is no count is for the server to refuse.
  const images = Math.trunc(Math.min(Math.max(count, 1), DEFAULT_LIMITS.maxCount)) || 1;
  await files.assertWritableBefore(known, images);
}

function requestOf(
  prompt: string,
  options: GenerateCommandOptions & { readonly format: 'png' | 'jpeg' | 'webp' },
): GenerationRequestInput {
  const everySteps = options.previewEvery ?? (showsPreviews(options) ? 1 : undefined);
  return {
    prompt,
    // A folder is known to its cluster by its name.
    model: options.model === undefined ? undefined : basename(options.model),
    negativePrompt: options.negative,
    seed: options.seed,
    count: options.count,
    steps: options.steps,
    guidanceScale: options.guidance,
    guidanceRescale: options.guidanceRescale,
    width: options.width,
    height: options.height,
    overlap: options.overlap,
    wrap: options.wrap,
    windowScheme: options.windowScheme,
    windowGrid: options.windowGrid,
    compose: options.compose ? { strength: options.strength } : undefined,
    scheduler: options.scheduler,
    eta: options.eta,
    preview: everySteps === undefined ? undefined : { everySteps, format: 'png' },
    output: { format: options.format },
    idempotencyKey: options.idempotencyKey,
    // Killing this process must stop the work: its stream is all that keeps the generation alive.
    keepForMs: options.keepFor ?? (options.detach ? DEFAULT_LIMITS.maxKeepForMs : 0),
    timeLimitMs: options.timeLimit,
    priority: options.priority,
  };
}
