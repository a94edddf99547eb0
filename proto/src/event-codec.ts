import type { CompletedImage, EventBody, GenerationEvent } from '@tessera/core';
import { durationFromMs, msFromDuration } from './duration.js';
import { errorCodeFromWire, wireFromErrorCode } from './enum-codec.js';
import { imageFromWire, wireFromImage } from './image-codec.js';
import { tesseraV1 } from './load.js';
import { planFromWire, wireFromPlan } from './plan-codec.js';
import { receiptFromWire, wireFromReceipt } from './receipt-codec.js';
import type {
  WireCompletedImage__Output,
  WireGenerationEvent,
  WireGenerationEvent__Output,
  WireImage__Output,
} from './types.js';

export function wireFromEvent(event: GenerationEvent): WireGenerationEvent {
  return { generationId: event.generationId, sequence: event.sequence, ...wireFromBody(event) };
}

function wireFromBody(event: EventBody): WireGenerationEvent {
  switch (event.type) {
    case 'accepted':
      return { accepted: { plan: wireFromPlan(event.plan) } };
    case 'queued':
      return { queued: { position: event.position, remaining: durationFromMs(event.remainingMs) } };
    case 'started':
      return { started: {} };
    case 'progress': {
      const { imageIndex, stepIndex, steps, remainingMs } = event;
      return { progress: { imageIndex, stepIndex, steps, remaining: durationFromMs(remainingMs) } };
    }
    case 'preview': {
      const { imageIndex, stepIndex, image, width, height, superseded } = event;
      return { preview: { imageIndex, stepIndex, image: wireFromImage(image), width, height, superseded } };
    }
    case 'region': {
      const { imageIndex, x, y, image } = event;
      return { region: { imageIndex, x, y, image: wireFromImage(image) } };
    }
    case 'restarted': {
      const { imageIndex, stepIndex, reason } = event;
      return { restarted: { imageIndex, stepIndex, reason } };
    }
    case 'completed': {
      const [first, ...further] = event.images.map(wireFromCompletedImage);
      return { completed: { ...first, furtherImages: further } };
    }
    case 'failed': {
      const { code, message, field, reason } = event;
      return { failed: { code: wireFromErrorCode(code), message, field: field ?? '', reason: reason ?? '' } };
    }
    case 'cancelled':
      return { cancelled: { stepIndex: event.stepIndex } };
  }
}

function wireFromCompletedImage({ image, receipt }: CompletedImage) {
  return { image: wireFromImage(image), receipt: wireFromReceipt(receipt) };
}

/**
 * @returns `undefined` for an event of a kind that this version does not know.
 * @throws RangeError when a part that every such event has is missing or unknown.
 */
export function eventFromWire(wire: WireGenerationEvent__Output): GenerationEvent | undefined {
  const body = bodyFromWire(wire);
  return body && { generationId: wire.generationId, sequence: Number(wire.sequence), ...body };
}

function bodyFromWire(wire: WireGenerationEvent__Output): EventBody | undefined {
  const { accepted, queued, started, progress, preview, region, restarted, completed, failed, cancelled } = wire;
  if (accepted) return { type: 'accepted', plan: planFromWire(present(accepted.plan, 'accepted.plan')) };
  if (queued) {
    return { type: 'queued', position: queued.position, remainingMs: msFromDuration(queued.remaining) ?? 0 };
  }
  if (started) return { type: 'started' };
  if (progress) {
    const { remaining, ...rest } = progress;
    return { type: 'progress', ...rest, remainingMs: msFromDuration(remaining) ?? 0 };
  }
  if (preview) return { type: 'preview', ...preview, image: imageOf(preview) };
  if (region) return { type: 'region', ...region, image: imageOf(region) };
  if (restarted) return { type: 'restarted', ...restarted };
  if (completed) {
    const { furtherImages, ...first } = completed;
    return { type: 'completed', images: [first, ...furtherImages].map(completedImageFromWire) };
  }
  if (failed) {
    const { code, message, field, reason } = failed;
    const more = { ...(field !== '' && { field }), ...(reason !== '' && { reason }) };
    return { type: 'failed', code: errorCodeFromWire(code), message, ...more };
  }
  if (cancelled) return { type: 'cancelled', stepIndex: cancelled.stepIndex };
  return undefined;
}

function completedImageFromWire(wire: WireCompletedImage__Output): CompletedImage {
  return { image: imageOf(wire), receipt: receiptFromWire(present(wire.receipt, 'receipt')) };
}

function imageOf({ image }: { image: WireImage__Output | null }) {
  return imageFromWire(present(image, 'image'));
}

function present<T>(value: T | null, name: string): T {
  if (value === null) throw new RangeError(`an event without ${name}`);
  return value;
}

/** An event as bytes, for a channel between gateways. */
export function bytesFromEvent(event: GenerationEvent): Uint8Array {
  return tesseraV1.GenerationEvent.serialize(wireFromEvent(event));
}

export function eventFromBytes(bytes: Uint8Array): GenerationEvent | undefined {
  return eventFromWire(tesseraV1.GenerationEvent.deserialize(Buffer.from(bytes)));
}
