import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { TesseraError } from '@tessera/core';

/** Paths of PEM files. */
export interface CertificateFiles {
  /** The certificate, then those between it and the authority. */
  readonly certificate: string;
  readonly key: string;
  /** Who signs for the other side, where it has to show a certificate too. */
  readonly ca?: string | undefined;
}

/** PEM. */
export interface CertificateContents {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
}

/** @throws TesseraError `invalid_argument` that names the file, when it cannot be read or does not belong to the others. */
export function readCertificates(files: CertificateFiles): CertificateContents {
  const contents = {
    certificate: read(files.certificate),
    key: read(files.key),
    ca: files.ca === undefined ? undefined : read(files.ca),
  };
  const certificate = parsed(files.certificate, 'a certificate', () => new X509Certificate(contents.certificate));
  const key = parsed(files.key, 'a private key', () => createPrivateKey(contents.key));
  if (!certificate.checkPrivateKey(key)) throw refused(files.key, `is not the key of ${files.certificate}`);
  const { ca } = contents;
  if (ca !== undefined && files.ca !== undefined) parsed(files.ca, 'certificates', () => new X509Certificate(ca));
  parsed(files.certificate, 'usable', () => createSecureContext({ ...contents, cert: contents.certificate }));
  return contents;
}

export function sameCertificates(one: CertificateContents, other: CertificateContents): boolean {
  const sameCa = one.ca === undefined ? other.ca === undefined : other.ca !== undefined && one.ca.equals(other.ca);
  return sameCa && one.certificate.equals(other.certificate) && one.key.equals(other.key);
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw new TesseraError('invalid_argument', (thrown as Error).message, { field: file, cause: thrown });
  }
}

function parsed<Value>(file: string, what: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (thrown) {
    throw refused(file, `must hold ${what}, PEM: ${(thrown as Error).message}`);
  }
}

function refused(file: string, why: string): TesseraError {
  return new TesseraError('invalid_argument', `${file} ${why}`, { field: file });
}
