import { createHash } from 'node:crypto';
import { isPlainRelativePath } from '../folder/external-location.js';
import { isRecord, JsonFile } from '../folder/json-file.js';
import { modelDefect } from '../model-defect.js';

export const MANIFEST_FILE = 'manifest.json';
const FORMAT_VERSION = 1;

/** The whole content of a model folder, itself excepted. */
export interface Manifest {
  /** The model's identity: `manifestIdentity(files)`. */
  readonly sha256: string;
  /**
   * `refused`: a file with a second name elsewhere could be changed from
   * there, so none may have one. `allowed` for folders that git checkouts and
   * container layers lay out with hard links.
   */
  readonly hardLinks: 'refused' | 'allowed';
  /** What the model card is read from and what the stages load; sorted by path. */
  readonly files: readonly ManifestEntry[];
  /** Texts that travel with the weights (README, licences): held to their hashes, but no part of the identity. */
  readonly documents: readonly ManifestEntry[];
}

export interface ManifestEntry {
  /** Inside the folder, with `/`. */
  readonly path: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * sha256 of one line for each file, `<sha256> <size> <path>\n`, in the order
 * of their paths. Models with equal files are equal, whatever they are called.
 */
export function manifestIdentity(files: readonly ManifestEntry[]): string {
  const hash = createHash('sha256');
  for (const { path, size, sha256 } of files) hash.update(`${sha256} ${size} ${path}\n`);
  return hash.digest('hex');
}

export function manifestText(manifest: Manifest): string {
  const { sha256, hardLinks, files, documents } = manifest;
  const object = { format_version: FORMAT_VERSION, sha256, hard_links: hardLinks, files, documents };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

/** @throws TesseraError `failed_precondition` when the text is no manifest of this version, or contradicts itself. */
export function manifestFromText(text: string): Manifest {
  const json = JsonFile.parse(MANIFEST_FILE, text);
  const version = json.finite('format_version');
  if (version !== FORMAT_VERSION)
    throw json.refusal('format_version', `${version}; this Tessera reads ${FORMAT_VERSION}`);
  const hardLinks = json.text('hard_links');
  if (hardLinks !== 'refused' && hardLinks !== 'allowed') throw json.refusal('hard_links', `${hardLinks}`);
  const files = entriesOf(json, 'files');
  const documents = entriesOf(json, 'documents');
  assertUnique([...files, ...documents]);
  const sha256 = json.text('sha256');
  if (sha256 !== manifestIdentity(files)) throw json.refusal('sha256', 'that does not belong to its files');
  return { sha256, hardLinks, files, documents };
}

function entriesOf(json: JsonFile, key: 'files' | 'documents'): readonly ManifestEntry[] {
  const entries = json.values[key];
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw json.refusal(key, 'that are not path, size and sha256');
  if (entries.some((entry, index) => index > 0 && entries[index - 1].path >= entry.path)) {
    throw json.refusal(key, 'that are not in the order of their paths');
  }
  return entries.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
}

function isEntry(value: unknown): value is ManifestEntry {
  if (!isRecord(value)) return false;
  const { path, size, sha256 } = value;
  return (
    typeof path === 'string' &&
    isPlainRelativePath(path) &&
    path !== MANIFEST_FILE &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}

function assertUnique(entries: readonly ManifestEntry[]): void {
  const seen = new Set<string>();
  for (const { path } of entries) {
    if (seen.has(path)) throw modelDefect(MANIFEST_FILE, `lists ${path} twice`);
    seen.add(path);
  }
}
