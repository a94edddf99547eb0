import { TesseraError } from '@tessera/core';
import { type ModelOperator, operatorLabel } from './graph-model.js';

/** A graph that has to stay whole, as `failed_precondition` with the operator at fault and the reason. */
export function uncuttable(at: ModelOperator | string, reason: string): TesseraError {
  const place = typeof at === 'string' ? at : operatorLabel(at);
  return new TesseraError('failed_precondition', `the graph cannot be cut: ${place} ${reason}`, {
    reason: 'GRAPH_UNCUTTABLE',
    reasonMetadata: { at: place },
  });
}
