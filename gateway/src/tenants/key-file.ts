import { type StatWatcher, unwatchFile, watchFile } from 'node:fs';
import { TesseraError } from '@tessera/core';
import { readYamlFile } from '@tessera/runtime';
import { type KeyRing, parseKeyRing } from './key-ring.js';

/** A file may be replaced by renaming, or behind a link, as orchestrators do: its stat is asked, no descriptor held. */
const LOOK_EVERY_MS = 1_000;

/** @throws TesseraError `invalid_argument` that names the file, when it cannot be read or holds something else. */
export function readKeyFile(file: string): KeyRing {
  try {
    return parseKeyRing(readYamlFile(file));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new TesseraError('invalid_argument', `${file}: ${why}`, { field: 'api-keys', cause: thrown });
  }
}

/**
 * Reads the file again whenever it has changed, until the signal is aborted.
 *
 * @param failed hears why a changed file cannot be used; the keys before stay in force.
 */
export function followKeyFile(
  file: string,
  changed: (ring: KeyRing) => void,
  failed: (thrown: unknown) => void,
  signal: AbortSignal,
  lookEveryMs: number = LOOK_EVERY_MS,
): StatWatcher {
  const read = () => {
    try {
      changed(readKeyFile(file));
    } catch (thrown) {
      failed(thrown);
    }
  };
  signal.addEventListener('abort', () => unwatchFile(file, read), { once: true });
  return watchFile(file, { interval: lookEveryMs, persistent: false }, read);
}
