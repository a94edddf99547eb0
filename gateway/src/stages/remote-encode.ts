import { createHash } from 'node:crypto';
import { type Conditioning, type Tensor, TesseraError } from '@tessera/core';
import {
  callStream,
  TensorAssembly,
  type TextEncoderServiceClient,
  type TextEncoderServiceEncodeResponse__Output,
} from '@tessera/proto';
import { type CallTrace, traceMetadata } from '@tessera/runtime';

/** A conditioning tensor beyond this is no text conditioning; SDXL's is 0.6 MB. */
const MAX_CONDITIONING_BYTES = 64 * 1024 * 1024;

/**
 * The conditioning of each prompt from one text encoder, in order.
 *
 * @throws TesseraError with the encoder's status; `internal` when a prompt stays without an answer.
 */
export async function remoteEncode(
  client: TextEncoderServiceClient,
  model: string,
  prompts: readonly string[],
  signal: AbortSignal,
  trace?: CallTrace,
): Promise<readonly Conditioning[]> {
  const received = prompts.map(() => ({ id: '', tensors: new Map<string, TensorAssembly>() }));
  const call = client.encode({ model, prompts: [...prompts] }, traceMetadata(trace));
  for await (const response of callStream<TextEncoderServiceEncodeResponse__Output>(call, signal)) {
    const { promptIndex, conditioningId, tensor: named } = response;
    const entry = received[promptIndex];
    if (entry === undefined || !named?.tensor) throw new TesseraError('internal', 'conditioning of no prompt');
    entry.id = conditioningId;
    const assembly = entry.tensors.get(named.name);
    if (assembly === undefined) entry.tensors.set(named.name, new TensorAssembly(named.tensor, MAX_CONDITIONING_BYTES));
    else assembly.add(named.tensor);
  }
  return received.map(({ id, tensors }) => {
    if (id === '' || tensors.size === 0 || ![...tensors.values()].every(({ complete }) => complete)) {
      throw new TesseraError('internal', 'the text encoder left a prompt without conditioning');
    }
    const inputs = Object.fromEntries([...tensors].map(([name, assembly]) => [name, assembly.float32()]));
    return { id, inputs, cached: false };
  });
}

/** What stands for an absent negative prompt where a model wants zeros: of the shapes of `like`. */
export function zeroConditioning(like: Conditioning): Conditioning {
  const shapes = Object.entries(like.inputs).map(([name, { shape }]) => [name, shape] as const);
  const zeros = ({ shape, data }: Tensor): Tensor => ({ shape, data: new Float32Array(data.length) });
  return {
    id: createHash('sha256')
      .update(JSON.stringify(['zeros', shapes]))
      .digest('hex'),
    inputs: Object.fromEntries(Object.entries(like.inputs).map(([name, tensor]) => [name, zeros(tensor)])),
    cached: like.cached,
  };
}
