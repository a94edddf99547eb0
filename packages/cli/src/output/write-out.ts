import { once } from 'node:events';

/** Writes to stdout, and waits while its reader is behind. */
export async function writeOut(bytes: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

/** One JSON object as one line of stdout. */
export function writeJson(value: unknown): Promise<void> {
  return writeOut(`${JSON.stringify(value)}\n`);
}
