import { type ByteCursor, protobufFields } from '@tessera/core';
import type { ExternalFile } from './graph-header.js';

/**
 * Collects where a graph's weights are. ONNX Runtime follows an external
 * location wherever a tensor may stand, so initializers, node attributes,
 * sub-graphs and functions are all searched.
 */
export class WeightLocations {
  readonly initializerNames = new Set<string>();
  readonly #bytesByLocation = new Map<string, number>();

  externalFiles(): readonly ExternalFile[] {
    return [...this.#bytesByLocation]
      .map(([location, bytes]) => ({ location, bytes }))
      .sort((a, b) => (a.location < b.location ? -1 : 1));
  }

  /** A TensorProto: name = 8, external_data = 13, data_location = 14. @returns its name. */
  readTensor(cursor: ByteCursor, end: number): string {
    let name = '';
    let isExternal = false;
    const entries = new Map<string, string>();
    for (const field of protobufFields(cursor, end)) {
      if (field.number === 14 && field.type === 'integer') isExternal = field.value === 1;
      if (field.type !== 'bytes') continue;
      if (field.number === 8) name = cursor.readText(field.length);
      if (field.number === 13) {
        const [key, value] = readEntry(cursor, field.end);
        entries.set(key, value);
      }
    }
    if (isExternal || entries.size > 0) this.#addExternal(name, entries);
    return name;
  }

  /** A SparseTensorProto: values = 1, indices = 2. */
  readSparseTensor(cursor: ByteCursor, end: number): void {
    for (const field of protobufFields(cursor, end)) {
      if (field.type === 'bytes' && (field.number === 1 || field.number === 2)) this.readTensor(cursor, field.end);
    }
  }

  #addExternal(tensorName: string, entries: ReadonlyMap<string, string>): void {
    const location = entries.get('location');
    if (location === undefined) throw new RangeError(`tensor ${tensorName} is external and names no location`);
    const bytes = byteCount(entries.get('offset')) + byteCount(entries.get('length'));
    this.#bytesByLocation.set(location, Math.max(bytes, this.#bytesByLocation.get(location) ?? 0));
  }
}

/** A StringStringEntryProto: key = 1, value = 2. */
function readEntry(cursor: ByteCursor, end: number): [key: string, value: string] {
  const entry: [string, string] = ['', ''];
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 1) entry[0] = cursor.readText(field.length);
    if (field.number === 2) entry[1] = cursor.readText(field.length);
  }
  return entry;
}

function byteCount(text: string | undefined): number {
  if (text === undefined) return 0;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`an external offset or length of ${text}`);
  return count;
}
