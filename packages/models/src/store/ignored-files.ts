import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * What a folder holds beside the `kept` files, sorted; a directory without any
 * kept file is one entry that ends in `/`.
 */
export function ignoredFiles(root: string, kept: readonly string[]): readonly string[] {
  const ignored: string[] = [];
  const visit = (prefix: string): void => {
    for (const entry of readdirSync(join(root, prefix), { withFileTypes: true })) {
      const path = posix.join(prefix, entry.name);
      if (kept.includes(path)) continue;
      if (kept.some((file) => file.startsWith(`${path}/`))) visit(path);
      else ignored.push(entry.isDirectory() ? `${path}/` : path);
    }
  };
  visit('');
  return ignored.sort();
}
