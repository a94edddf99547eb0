import { type LogEntry, TesseraError } from '@tessera/core';

const ENTRY_TYPES: readonly LogEntry['type'][] = ['accepted', 'lease', 'release', 'checkpoint', 'event'];

/** A log entry as JSON. Bytes are left out: images and latents are objects, and the log names them. */
export function encodeLogEntry(entry: LogEntry): Uint8Array {
  return Buffer.from(JSON.stringify(entry, (_key, value) => (value instanceof Uint8Array ? undefined : value)));
}

/** @throws TesseraError `internal` for bytes that are no log entry. */
export function decodeLogEntry(bytes: Uint8Array): LogEntry {
  let entry: Partial<LogEntry> | null;
  try {
    entry = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (thrown) {
    throw new TesseraError('internal', 'a log entry is no JSON', { cause: thrown });
  }
  const type = entry?.type;
  if (type === undefined || !ENTRY_TYPES.includes(type)) {
    throw new TesseraError('internal', `a log entry of unknown type ${type}`);
  }
  return entry as LogEntry;
}
