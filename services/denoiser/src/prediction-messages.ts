import type { Tensor } from '@tessera/core';
import { MAX_PART_BYTES, type PredictResponse, type ReportFault, type WireTensor } from '@tessera/proto';
import { callError } from './call-error.js';
import type { DenoiserResult } from './evaluation.js';

/** A result as messages, each under 1 MB: what does not fit the first follows in parts. */
export function* predictionMessages(callId: string, result: DenoiserResult): Generator<PredictResponse> {
  let room = MAX_PART_BYTES;
  const beginnings: WireTensor[] = [];
  const parts: { readonly tensorIndex: number; readonly tensor: WireTensor }[] = [];
  for (const [tensorIndex, tensor] of result.predictions.entries()) {
    const taken = Math.min(room, tensor.data.byteLength);
    room -= taken;
    beginnings.push(tensorPart(tensor, 0, taken));
    for (let offset = taken; offset < tensor.data.byteLength; offset += MAX_PART_BYTES) {
      parts.push({ tensorIndex, tensor: tensorPart(tensor, offset, MAX_PART_BYTES) });
    }
  }
  const { runMs, batchSize, virtualTime } = result;
  const runUs = Math.round(runMs * 1000);
  yield { callId, predictions: { predictions: beginnings, runUs, batchSize, virtualTime } };
  for (const part of parts) yield { callId, part: { callId, ...part } };
}

function tensorPart({ shape, data }: Tensor, offset: number, limit: number): WireTensor {
  const length = Math.min(limit, data.byteLength - offset);
  const bytes = Buffer.from(data.buffer, data.byteOffset + offset, length);
  return { dtype: 'DATA_TYPE_FLOAT32', shape: [...shape], data: bytes, offset };
}

export function errorMessage(callId: string, thrown: unknown, reportFault: ReportFault): PredictResponse {
  return { callId, error: callError(thrown, reportFault) };
}

export function missingConditionings(callId: string, ids: readonly string[]): PredictResponse {
  const message = `${ids.length} conditionings are not here any more`;
  return { callId, error: { code: 'failed_precondition', message, missingConditioningIds: [...ids] } };
}
