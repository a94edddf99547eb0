import { createHash } from 'node:crypto';
import { type Arithmetic, elementCount, type SchedulerState, type Tensor, TesseraError } from '@tessera/core';

/** Where one image of a generation stands, and what may go on from there. */
export interface Checkpoint extends Arithmetic {
  readonly generationId: string;
  readonly imageIndex: number;
  readonly modelSha256: string;
  readonly state: SchedulerState;
}

const MAGIC = 'TSC1';
const LENGTH_BYTES = 4;
const HASH_BYTES = 32;

type Header = Omit<Checkpoint, 'state'> & {
  readonly stepIndex: number;
  /** Of the sample, then of the history. */
  readonly shapes: readonly (readonly number[])[];
};

/**
 * A checkpoint as bytes: `TSC1`, the length of a JSON header (uint32), the
 * header, the tensors as float32, all little-endian, and the sha256 of
 * everything before it.
 */
export function encodeCheckpoint({ state, ...named }: Checkpoint): Uint8Array {
  const tensors = [state.sample, ...state.history];
  const header: Header = { ...named, stepIndex: state.stepIndex, shapes: tensors.map(({ shape }) => shape) };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  const parts = [
    Buffer.from(MAGIC),
    length,
    json,
    ...tensors.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  ];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return Buffer.concat([...parts, hash.digest()]);
}

/**
 * @param verifies off, the checksum is not looked at.
 * @throws TesseraError `internal` when the bytes are not a checkpoint as it was written.
 */
export function decodeCheckpoint(bytes: Uint8Array, verifies = true): Checkpoint {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const content = buffer.subarray(0, Math.max(0, buffer.length - HASH_BYTES));
  const stored = buffer.subarray(content.length);
  const computed = createHash('sha256').update(content).digest();
  if (verifies && !computed.equals(stored)) throw damaged('its checksum is another one');
  const start = MAGIC.length + LENGTH_BYTES;
  if (content.length < start || content.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw damaged('it begins otherwise');
  const end = start + content.readUInt32LE(MAGIC.length);
  if (end > content.length) throw damaged('it is too short');
  const { shapes, stepIndex, ...named } = JSON.parse(content.toString('utf8', start, end)) as Header;
  const [sample, ...history] = tensorsFrom(content.subarray(end), shapes);
  if (sample === undefined) throw damaged('it has no sample');
  return { ...named, state: { stepIndex, sample, history } };
}

function tensorsFrom(bytes: Buffer, shapes: Header['shapes']): readonly Tensor[] {
  const sizes = shapes.map((shape) => elementCount(shape) * Float32Array.BYTES_PER_ELEMENT);
  if (bytes.length !== sizes.reduce((sum, size) => sum + size, 0)) throw damaged('its tensors have another size');
  let offset = 0;
  return shapes.map((shape, i) => {
    // A copy: the bytes need not lie where float32 may.
    const own = Uint8Array.prototype.slice.call(bytes, offset, offset + (sizes[i] ?? 0));
    offset += sizes[i] ?? 0;
    return { shape, data: new Float32Array(own.buffer, own.byteOffset, own.byteLength / 4) };
  });
}

function damaged(how: string): TesseraError {
  return new TesseraError('internal', `a checkpoint is damaged: ${how}`, { reason: 'CHECKPOINT_DAMAGED' });
}
