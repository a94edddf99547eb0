import type { Generation } from '@tessera/client';
import { type EventBody, type GenerationEvent, type Image, isTerminal } from '@tessera/core';
import { receiptJson } from '@tessera/proto';
import { snakeCased } from './snake-case.js';

/** Where an image of an event was written, by its id. */
export type WrittenImages = ReadonlyMap<string, string>;

const NOTHING_WRITTEN: WrittenImages = new Map();

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * One event as one JSON object: `time` (milliseconds since 1970), `type`, and
 * the fields of the proto's message. An image is its file's `path` and
 * `sha256` beside its sizes; one that was not written has no path.
 */
export function eventJson(event: GenerationEvent, time: number, written: WrittenImages): JsonObject {
  const { generationId, sequence, type } = event;
  return { time, type, generation_id: generationId, sequence, ...bodyJson(event, written) };
}

function bodyJson(event: EventBody, written: WrittenImages): JsonObject {
  switch (event.type) {
    case 'accepted':
      return { plan: snakeCased(event.plan) };
    case 'preview':
    case 'region':
      return { ...fieldsOf(event), image: imageJson(event.image, written) };
    case 'completed': {
      const [first, ...further] = event.images.map(({ image, receipt }) => ({
        image: imageJson(image, written),
        receipt: receiptJson(receipt),
      }));
      return { ...first, further_images: further };
    }
    default:
      return fieldsOf(event);
  }
}

function fieldsOf(event: EventBody): JsonObject {
  const { type: _type, generationId: _id, sequence: _sequence, ...fields } = event as GenerationEvent;
  return snakeCased(fields) as JsonObject;
}

function imageJson({ data: _data, fileSha256, ...image }: Image, written: WrittenImages): JsonObject {
  const path = written.get(image.imageId);
  return { ...(snakeCased(image) as JsonObject), sha256: fileSha256, ...(path !== undefined && { path }) };
}

/** The record of a generation; its `result` is spelled as in the proto: `{"cancelled": {…}}`. */
export function generationJson({ createdAt, result, ...generation }: Generation): JsonObject {
  return {
    ...(snakeCased(generation) as JsonObject),
    create_time: createdAt.toISOString(),
    ...(result && isTerminal(result) && { result: { [result.type]: bodyJson(result, NOTHING_WRITTEN) } }),
  };
}
