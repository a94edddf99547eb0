import type { GenerationEvent } from '@tessera/core';
import { eventFromWire } from './event-codec.js';
import { tesseraV1 } from './load.js';

/** gRPC: a byte that says "not compressed", then the length in four. */
const HEAD_BYTES = 5;
/** Protobuf: field 1, with a length. */
const EVENT_TAG = 0x0a;
const SEVEN_BITS = 0x7f;
const MORE = 0x80;

export interface FramedEvent {
  /** Its image is a view of the frame. */
  readonly event: GenerationEvent;
  /** The response of Generate and of Watch that carries the event, as gRPC puts it on the wire. */
  readonly frame: Buffer;
}

/**
 * An event that another gateway published, framed once for however many
 * streams send it on: what they send is what was received, behind a head.
 *
 * @param bytes of `bytesFromEvent`.
 * @returns `undefined` for an event of a kind that this version does not know.
 */
export function framedEvent(bytes: Uint8Array): FramedEvent | undefined {
  const field = [EVENT_TAG, ...varint(bytes.length)];
  const begin = HEAD_BYTES + field.length;
  const frame = Buffer.allocUnsafe(begin + bytes.length);
  frame[0] = 0;
  frame.writeUInt32BE(field.length + bytes.length, 1);
  frame.set(field, HEAD_BYTES);
  frame.set(bytes, begin);
  const event = eventFromWire(tesseraV1.GenerationEvent.deserialize(frame.subarray(begin)));
  return event && { event, frame };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left > SEVEN_BITS; left >>>= 7) bytes.push((left & SEVEN_BITS) | MORE);
  return [...bytes, left];
}
