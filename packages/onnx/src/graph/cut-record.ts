import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const RECORD_FILE = 'sha256.json';

/** Hashes the files of a folder by their paths in it. */
export async function writeRecord(folder: string): Promise<void> {
  const hashes: Record<string, string> = {};
  for (const path of await filesBelow(folder)) hashes[path] = await fileSha256(join(folder, path));
  await writeFile(join(folder, RECORD_FILE), `${JSON.stringify(hashes, undefined, 2)}\n`);
}

/** Whether a folder has its record, and the files are what it says: no other bytes, none missing, none more. */
export async function isAsRecorded(folder: string): Promise<boolean> {
  const record = await recordOf(folder);
  if (record === undefined) return false;
  const files = (await filesBelow(folder)).filter((path) => path !== RECORD_FILE);
  if (files.length !== Object.keys(record).length) return false;
  for (const path of files) if ((await fileSha256(join(folder, path))) !== record[path]) return false;
  return true;
}

async function recordOf(folder: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8'));
    return typeof record === 'object' && record !== null ? { ...record } : undefined;
  } catch {
    return undefined;
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
