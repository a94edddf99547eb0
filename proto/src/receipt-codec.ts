import type { Receipt } from '@tessera/core';
import { durationFromMs, msFromDuration } from './duration.js';
import { canvasFieldsFromWire, seamsFromWire } from './tiling-codec.js';
import type { WireReceipt, WireReceipt__Output } from './types.js';

export function wireFromReceipt(receipt: Receipt): WireReceipt {
  const { timings, negativePrompt, timesteps, windows, cache, restarts = [], ...rest } = receipt;
  return {
    ...rest,
    timesteps: [...timesteps],
    windows: [...windows],
    cache: [...cache],
    restarts: [...restarts],
    negativePrompt: negativePrompt ?? '',
    negativePromptGiven: negativePrompt !== undefined,
    timings: timings.map(({ stage, ms }) => ({ stage, duration: durationFromMs(ms) })),
  };
}

export function receiptFromWire(wire: WireReceipt__Output): Receipt {
  const { timings, evaluations, negativePrompt, negativePromptGiven, tiling, compose, seams, restarts, ...rest } = wire;
  return {
    ...rest,
    ...(negativePromptGiven && { negativePrompt }),
    ...canvasFieldsFromWire({ tiling, compose }),
    ...(seams && { seams: seamsFromWire(seams) }),
    ...(restarts.length > 0 && { restarts }),
    evaluations: Number(evaluations),
    timings: timings.map(({ stage, duration }) => ({ stage, ms: msFromDuration(duration) ?? 0 })),
  };
}
