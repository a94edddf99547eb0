import { createHash } from 'node:crypto';
import type { GenerationRequestInput, TesseraClient } from '@tessera/client';
import { type CompletedImage, type Receipt, SEAM_ALARM, type SeamFigures, TesseraError } from '@tessera/core';
import type { Command } from 'commander';
import { findOrStartCluster } from '../cluster/find-cluster.js';
import { addSettings, commandSettings } from '../command-settings.js';
import { snakeCased } from '../output/snake-case.js';
import { writeJson, writeOut } from '../output/write-out.js';
import { pixelDifference, type ReceiptDifference, receiptDifferences } from '../receipt/compare.js';
import { type ImageWithReceipt, readImageWithReceipt, rgbPixels } from '../receipt/read-receipt.js';
import { CLIENT_SETTINGS } from '../settings.js';
import { type CommandContext, examples } from './command-context.js';

interface VerifyOptions {
  readonly model?: string;
  readonly ephemeral: boolean;
  readonly json: boolean;
}

export function addVerify(program: Command, { signal }: CommandContext): void {
  const command = program
    .command('verify')
    .description('make an image again from the receipt inside its PNG, and say whether it is identical')
    .argument('<image>', 'PNG made by Tessera')
    .option('--model <NAME>', "model to replay with (default: the receipt's)")
    .option('--ephemeral', 'bring up a cluster for this call even if one is running', false)
    .option('--json', 'one line of JSON', false)
    .addHelpText('after', examples('tessera verify tessera-7.png', 'tessera verify old.png --json'));
  addSettings(command, CLIENT_SETTINGS).action(async (path: string, options: VerifyOptions, self: Command) => {
    const image = await readImageWithReceipt(path);
    const model = options.model ?? image.receipt.model;
    const settings = commandSettings(self, CLIENT_SETTINGS);
    const cluster = await findOrStartCluster({ settings, ephemeral: options.ephemeral, models: [model], signal });
    try {
      const report = await verify(cluster.client, image, model, cluster.signal);
      await (options.json ? writeJson(snakeCased(report)) : writeOut(`${reportText(report)}\n`));
      if (!report.identical) throw new TesseraError('internal', `${path} differs from its replay`);
    } finally {
      await cluster.close();
    }
  });
}

interface VerifyReport {
  readonly identical: boolean;
  /** Whether the file's own pixels are those that its receipt tells of. */
  readonly fileMatchesReceipt: boolean;
  readonly differences: readonly ReceiptDifference[];
  readonly pixels: number;
  readonly differentPixels: number;
  readonly maxDifference: number;
  /** As the receipt has them; the same on replay, as the pixels are. */
  readonly seams?: SeamFigures;
}

async function verify(
  client: TesseraClient,
  { receipt, pixels }: ImageWithReceipt,
  model: string,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { generationId, image, receipt: replayed } = await replay(client, requestFromReceipt(receipt, model), signal);
  const replayedPixels = await rgbPixels(await client.imageBytes(generationId, image, { signal }));
  const difference = pixelDifference(pixels, replayedPixels);
  const fileMatchesReceipt = createHash('sha256').update(pixels.data).digest('hex') === receipt.imageSha256;
  const differences = receiptDifferences(receipt, replayed);
  const identical = fileMatchesReceipt && differences.length === 0 && difference.differentPixels === 0;
  const { seams } = receipt;
  return { identical, fileMatchesReceipt, differences, ...difference, ...(seams && { seams }) };
}

function requestFromReceipt(receipt: Receipt, model: string): GenerationRequestInput {
  const { prompt, negativePrompt, seed, steps, guidanceScale, guidanceRescale, width, height, scheduler, eta } =
    receipt;
  const asked = { prompt, negativePrompt, seed, steps, guidanceScale, guidanceRescale, width, height, scheduler, eta };
  return { ...asked, ...canvasFromReceipt(receipt), model, count: 1, output: { format: 'png' }, keepForMs: 0 };
}

/** How the image was made of windows. */
function canvasFromReceipt({ tiling, compose }: Receipt): GenerationRequestInput {
  return {
    ...(tiling && {
      ...{ overlap: tiling.overlap, wrap: tiling.wrap, windowScheme: tiling.scheme },
      windowGrid: tiling.grid ?? 'fixed',
    }),
    ...(compose && { compose: { strength: compose.strength } }),
  };
}

async function replay(
  client: TesseraClient,
  request: GenerationRequestInput,
  signal: AbortSignal,
): Promise<CompletedImage & { readonly generationId: string }> {
  for await (const event of client.generate(request, { signal })) {
    if (event.type === 'failed') throw new TesseraError(event.code, event.message);
    const [completed] = event.type === 'completed' ? event.images : [];
    if (completed !== undefined) return { ...completed, generationId: event.generationId };
  }
  throw new TesseraError('internal', 'the replay ended without an image');
}

function reportText(report: VerifyReport): string {
  const seams = report.seams === undefined ? [] : [seamsText(report.seams)];
  if (report.identical) return ['identical', ...seams].join('\n');
  const lines = report.differences.map(({ field, image, replay: again }) => {
    return `${field} differs: ${JSON.stringify(image)} in the image, ${JSON.stringify(again)} here`;
  });
  if (!report.fileMatchesReceipt) lines.push("the file's pixels are not those that its receipt tells of");
  const { differentPixels, pixels, maxDifference } = report;
  lines.push(`${differentPixels} of ${pixels} pixels differ, by at most ${maxDifference} of 255`);
  return [...lines, ...seams].join('\n');
}

function seamsText({ ratio, secondDifference, toneStep, zScore, worst }: SeamFigures): string {
  const verdict = ratio < SEAM_ALARM ? 'no seams found' : 'seams are likely';
  const shown = { ratio, 'second difference': secondDifference, 'tone step': toneStep, 'z-score': zScore };
  const figures = Object.entries(shown)
    .map(([name, value]) => `${name} ${value.toFixed(2)}`)
    .join(', ');
  return `${verdict}: ${figures}, worst edge ${worst.ratio.toFixed(2)} before ${worst.axis} = ${worst.position}`;
}
