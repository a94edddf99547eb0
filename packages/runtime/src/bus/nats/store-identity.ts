import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TesseraError } from '@tessera/core';
import type { Logger } from '../../logger.js';
import { type Asked, publish, storedMessage } from './jetstream.js';
import { LOG_STREAM, STORE_SUBJECT } from './layout.js';
import { isWrongLastSequence } from './nats-errors.js';

export const STORE_EMPTIED = 'STORE_EMPTIED';

/**
 * The id of the store: drawn by whoever finds it new, the same for as long as
 * it holds what was put into it.
 *
 * @throws JetStreamError when there is no stream.
 */
export async function storeIdOf(nats: Asked, timeoutMs: number): Promise<string> {
  for (;;) {
    const stored = await storedMessage(nats, LOG_STREAM, { last_by_subj: STORE_SUBJECT }, timeoutMs);
    if (stored !== undefined) return Buffer.from(stored.payload).toString('utf8');
    try {
      await publish(nats, STORE_SUBJECT, Buffer.from(randomUUID()), { timeoutMs, expectedSequence: 0 });
    } catch (thrown) {
      if (!isWrongLastSequence(thrown)) throw thrown;
    }
  }
}

/** Which store was last seen at these servers, in a file that outlives this process. */
export class SeenStore {
  readonly #path: string;
  readonly #logger: Logger;

  /** @param folder where such files are. */
  constructor(folder: string, servers: readonly string[], logger: Logger) {
    const named = createHash('sha256').update([...servers].sort().join(','));
    this.#path = join(folder, `${named.digest('hex').slice(0, 16)}.json`);
    this.#logger = logger;
  }

  async read(): Promise<string | undefined> {
    try {
      return (JSON.parse(await readFile(this.#path, 'utf8')) as { store_id: string }).store_id;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new TesseraError('failed_precondition', `cannot read ${this.#path}`, { cause: thrown });
    }
  }

  /** A home that cannot be written to remembers nothing; that is said. */
  async write(storeId: string): Promise<void> {
    const draft = `${this.#path}.${process.pid}`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(draft, `${JSON.stringify({ store_id: storeId })}\n`);
      await rename(draft, this.#path);
    } catch (thrown) {
      this.#logger.warn('cannot remember which store of NATS was seen', { cause: (thrown as Error).message });
    }
  }

  emptied(): TesseraError {
    const message =
      'NATS has lost what was stored there: it holds another store than the one last seen. ' +
      `If it was emptied on purpose, delete ${this.#path}`;
    return new TesseraError('internal', message, { reason: STORE_EMPTIED });
  }
}
