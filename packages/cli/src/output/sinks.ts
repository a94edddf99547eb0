import type { PlanSummary, TesseraClient } from '@tessera/client';
import type { EventSink } from './event-sink.js';
import { GenerationImages } from './generation-images.js';
import { HumanSink } from './human-sink.js';
import type { ImageFiles } from './image-files.js';
import { JsonSink } from './json-sink.js';
import { TerminalDisplay } from './terminal-display.js';
import { type PreviewMode, painterFor } from './terminal-images.js';

export interface SinkOptions {
  readonly json: boolean;
  readonly preview: PreviewMode;
  readonly previewDir?: string;
}

/** Whether anybody would see a preview that was made. */
export function showsPreviews({ json, preview, previewDir }: SinkOptions): boolean {
  if (previewDir !== undefined) return true;
  return preview !== 'off' && (json || process.stderr.isTTY === true);
}

/** @param plan of a generation that is there already. */
export async function createSink(
  options: SinkOptions,
  files: ImageFiles,
  client: TesseraClient,
  plan?: PlanSummary,
): Promise<EventSink> {
  const images = new GenerationImages(client, files, options.previewDir);
  if (plan !== undefined) await images.planned(plan);
  if (options.json) return new JsonSink(images);
  const display = process.stderr.isTTY
    ? new TerminalDisplay(process.stderr, painterFor(options.preview, process.env))
    : undefined;
  return new HumanSink(images, display);
}
