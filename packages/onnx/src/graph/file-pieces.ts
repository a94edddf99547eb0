import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** Bytes to write: at hand, or a range of a file to be copied. */
export type Piece = Uint8Array | FileRange;

export interface FileRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export function pieceBytes(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece.end - piece.start), 0);
}

const LENGTH_DELIMITED = 2;

/** A length-delimited protobuf field whose body is too large to be held. */
export function fieldOfPieces(number: number, body: readonly Piece[]): readonly Piece[] {
  return [Uint8Array.from([...varint(number * 8 + LENGTH_DELIMITED), ...varint(pieceBytes(body))]), ...body];
}

/**
 * Writes the pieces one after the other. The file appears under its name only
 * when it is complete, so that two writers of one cache entry do no harm.
 */
export async function writePieces(path: string, pieces: Iterable<Piece>): Promise<void> {
  const unfinished = `${path}.${randomUUID()}`;
  const sources = new Map<string, FileHandle>();
  const target = await open(unfinished, 'w');
  try {
    for (const piece of joined(pieces)) await append(target, piece, sources);
    await target.close();
    await rename(unfinished, path);
  } catch (error) {
    await target.close();
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    for (const source of sources.values()) await source.close();
  }
}

const COPY_BYTES = 1024 * 1024;

/** Neighbours in one file as one range, and neighbours at hand as one buffer: a graph has thousands of small pieces. */
function* joined(pieces: Iterable<Piece>): Generator<Piece> {
  let last: Piece | undefined;
  for (const piece of pieces) {
    if (last === undefined) {
      last = piece;
    } else if (last instanceof Uint8Array && piece instanceof Uint8Array) {
      last = Buffer.concat([last, piece]);
    } else if (!(last instanceof Uint8Array) && !(piece instanceof Uint8Array) && continues(last, piece)) {
      last = { ...last, end: piece.end };
    } else {
      yield last;
      last = piece;
    }
  }
  if (last !== undefined) yield last;
}

function continues(last: FileRange, next: FileRange): boolean {
  return last.path === next.path && last.end === next.start;
}

async function append(target: FileHandle, piece: Piece, sources: Map<string, FileHandle>): Promise<void> {
  if (piece instanceof Uint8Array) {
    await target.writeFile(piece);
    return;
  }
  const source = sources.get(piece.path) ?? (await open(piece.path, 'r'));
  sources.set(piece.path, source);
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, piece.end - piece.start));
  for (let position = piece.start; position < piece.end; ) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, piece.end - position), position);
    if (bytesRead === 0) throw new RangeError(`${piece.path} ends before byte ${piece.end}`);
    await target.writeFile(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

function* varint(value: number): Generator<number> {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) yield (rest % 0x80) | 0x80;
  yield rest;
}
