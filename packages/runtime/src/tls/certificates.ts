import type { Logger } from '../logger.js';
import {
  type CertificateContents,
  type CertificateFiles,
  readCertificates,
  sameCertificates,
} from './certificate-files.js';

const LOOK_EVERY_MS = 1_000;

/** Certificate, key and authorities as they are in force, from files that may be replaced at any time. */
export class Certificates {
  readonly #listeners = new Set<(contents: CertificateContents) => void>();
  #current: CertificateContents;

  constructor(contents: CertificateContents) {
    this.#current = contents;
  }

  get current(): CertificateContents {
    return this.#current;
  }

  /** These are in force from now on: connections that are there stay as they are. */
  use(contents: CertificateContents): void {
    this.#current = contents;
    for (const listener of this.#listeners) listener(contents);
  }

  /** @returns what ends it. */
  onChange(listener: (contents: CertificateContents) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * Reads the files, and again every `everyMs` until the signal is aborted: by
 * content, since orchestrators replace links. Files that do not belong together
 * are not used (they may be in the middle of being replaced one by one): those
 * before stay in force, which is said once.
 *
 * @throws TesseraError `invalid_argument` that names a file at fault at the start.
 */
export function followCertificates(
  files: CertificateFiles,
  log: Logger,
  signal: AbortSignal,
  everyMs: number = LOOK_EVERY_MS,
): Certificates {
  const certificates = new Certificates(readCertificates(files));
  let complained = false;
  const look = () => {
    try {
      const contents = readCertificates(files);
      complained = false;
      if (sameCertificates(contents, certificates.current)) return;
      certificates.use(contents);
      log.info('read the certificates again', { file: files.certificate });
    } catch (thrown) {
      if (!complained) log.warn('cannot use the changed certificates yet', { cause: (thrown as Error).message });
      complained = true;
    }
  };
  const timer = setInterval(look, everyMs).unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return certificates;
}
