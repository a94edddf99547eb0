import { elementCount, type Tensor } from '@tessera/core';
import {
  type DuplexCall,
  duplexCall,
  float32Parts,
  type PredictRequest,
  type PredictResponse__Output,
  TensorAssembly,
  tesseraV1,
  type WirePredictCall,
} from '@tessera/proto';
import type { WorkerProcess } from './worker-process.js';

/** One stream to a denoiser, message by message. */
export type PredictStream = DuplexCall<PredictRequest, PredictResponse__Output>;

export function openPredict(worker: Pick<WorkerProcess, 'channel'>, signal?: AbortSignal): PredictStream {
  return duplexCall(worker.channel.client(tesseraV1.DenoiserService).predict(), signal);
}

/** The next answer; a stream that ends first is an error. */
export async function nextResponse(stream: PredictStream): Promise<PredictResponse__Output> {
  const { value } = await stream.responses.next();
  if (!value) throw new Error('the stream ended');
  return value;
}

export async function uploadConditioning(
  stream: PredictStream,
  id: string,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<void> {
  const parts = Object.entries(inputs).flatMap(([name, tensor]) =>
    [...float32Parts(tensor)].map((part) => ({ name, tensor: part })),
  );
  for (const [index, tensor] of parts.entries()) {
    await stream.write({ conditioning: { conditioningId: id, tensor, complete: index === parts.length - 1 } });
  }
}

/** A call as a message, for a latent that fits one. */
export function predictCall(
  callId: number,
  latent: Tensor,
  conditioningIds: readonly string[],
  changes: Partial<WirePredictCall> = {},
): PredictRequest {
  const [first] = float32Parts(latent);
  return {
    call: {
      callId,
      model: 'emoji',
      latent: first ?? null,
      timestep: 500,
      conditioningIds: [...conditioningIds],
      ...changes,
    },
  };
}

/** The predictions of an answer that fits one message. */
export function predictionsOf(response: PredictResponse__Output): readonly Tensor[] {
  return (response.predictions?.predictions ?? []).map((tensor) =>
    new TensorAssembly(tensor, 4 * elementCount(tensor.shape)).float32(),
  );
}

/** Smooth values that differ with the phase, in −1…1. */
export function wave(shape: readonly number[], phase: number): Tensor {
  return { shape, data: Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(0.7 * i + phase)) };
}
