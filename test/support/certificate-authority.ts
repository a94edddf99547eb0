import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateFiles } from '@tessera/runtime';

const run = promisify(execFile);

/** An authority of its own, by openssl, that signs what a test asks for. */
export class CertificateAuthority implements AsyncDisposable {
  readonly #folder: string;
  #issued = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<CertificateAuthority> {
    const authority = new CertificateAuthority(await mkdtemp(join(tmpdir(), 'tessera-ca-')));
    await openssl([
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=test authority', '-keyout', authority.#keyFile, '-out', authority.certificateFile],
    ]);
    return authority;
  }

  /** PEM. */
  get certificateFile(): string {
    return join(this.#folder, 'ca.crt');
  }

  get #keyFile(): string {
    return join(this.#folder, 'ca.key');
  }

  /**
   * A certificate for these names, in files of its own or in place of others.
   *
   * @param names as OpenSSL writes them: `DNS:gateway.tessera.internal`, `IP:127.0.0.1`.
   */
  async issue(names: readonly string[], files: CertificateFiles = this.#files()): Promise<CertificateFiles> {
    const request = join(this.#folder, `${this.#issued}.csr`);
    const [key, certificate, extensions] = ['key', 'crt', 'ext'].map((kind) => `${request}.${kind}`) as [
      string,
      string,
      string,
    ];
    this.#issued += 1;
    await writeFile(extensions, `subjectAltName=${names.join(',')}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    await openssl([
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=test'],
      ...['-keyout', key, '-out', request],
    ]);
    await openssl([
      ...['x509', '-req', '-in', request, '-CA', this.certificateFile, '-CAkey', this.#keyFile, '-days', '2'],
      ...['-set_serial', String(Date.now() * 1_000 + this.#issued), '-extfile', extensions, '-out', certificate],
    ]);
    // Renamed as a rotation would: one after the other.
    await rename(certificate, files.certificate);
    await rename(key, files.key);
    return files;
  }

  #files(): CertificateFiles {
    const name = join(this.#folder, `issued-${this.#issued}`);
    return { certificate: `${name}.crt`, key: `${name}.key`, ca: this.certificateFile };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function openssl(args: readonly string[]): Promise<void> {
  await run('openssl', args);
}
