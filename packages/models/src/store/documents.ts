import { readdirSync } from 'node:fs';

/** Texts at the top of a model folder that people must be able to find beside its weights. */
const DOCUMENT = /^(README|LICEN[CS]E|NOTICE|COPYING|MODEL_CARD)([.-][\w.-]*)?$/i;

/** Names of a folder's documents, sorted. */
export function documentsOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && DOCUMENT.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}
