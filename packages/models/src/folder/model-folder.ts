import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { modelDefect } from '../model-defect.js';
import type { GraphHeader } from '../onnx-header/graph-header.js';
import { readGraphHeader } from '../onnx-header/read-graph-header.js';
import { externalWeightsPath } from './external-location.js';
import { JsonFile } from './json-file.js';

/** Tokenizer vocabularies are the largest texts of a model: a few MiB. */
const LARGEST_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * A diffusers ONNX folder being read. It keeps an account of every file that
 * was looked into: that is what the model consists of.
 */
export class ModelFolder {
  readonly path: string;
  readonly #used = new Set<string>();

  constructor(path: string) {
    this.path = path;
  }

  /** Paths inside the folder, with `/`, sorted. */
  usedFiles(): readonly string[] {
    return [...this.#used].sort();
  }

  has(path: string): boolean {
    const found = statSync(join(this.path, path), { throwIfNoEntry: false });
    if (found === undefined) return false;
    if (!found.isFile()) throw modelDefect(path, 'is not a file');
    return true;
  }

  /** Counts a file as the model's without reading it. @returns whether it is there. */
  use(path: string): boolean {
    const present = this.has(path);
    if (present) this.#used.add(path);
    return present;
  }

  text(path: string): string | undefined {
    if (!this.use(path)) return undefined;
    const { size } = statSync(join(this.path, path));
    if (size > LARGEST_TEXT_BYTES) throw modelDefect(path, `has ${size} bytes, more than ${LARGEST_TEXT_BYTES}`);
    return readFileSync(join(this.path, path), 'utf8');
  }

  json(path: string): JsonFile | undefined {
    const text = this.text(path);
    return text === undefined ? undefined : JsonFile.parse(path, text);
  }

  requiredJson(path: string): JsonFile {
    const json = this.json(path);
    if (json === undefined) throw modelDefect(path, 'is missing');
    return json;
  }

  /**
   * A graph's header; the graph and the files that hold its weights count as used.
   * @throws TesseraError `failed_precondition` when weights are missing, cut short, or placed outside the folder.
   */
  graph(path: string): GraphHeader {
    if (!this.use(path)) throw modelDefect(path, 'is missing');
    const header = readGraphHeader(join(this.path, path), path);
    for (const { location, bytes } of header.externalFiles) {
      const weights = externalWeightsPath(path, location);
      if (!this.use(weights)) throw modelDefect(weights, `is missing, and ${path} keeps weights there`);
      const { size } = statSync(join(this.path, weights));
      if (size < bytes) throw modelDefect(weights, `has ${size} bytes, and ${path} expects at least ${bytes}`);
    }
    return header;
  }
}
