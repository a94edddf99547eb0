import { type Pixels, type Tensor, TesseraError } from '@tessera/core';
import {
  callStream,
  type ImageEncoderServiceClient,
  type ImageEncoderServiceEncodeResponse__Output,
  TensorAssembly,
  tensorParts,
} from '@tessera/proto';
import { type CallTrace, traceMetadata } from '@tessera/runtime';

/**
 * The latent of some pixels from one worker: scaled, [channels, height, width].
 *
 * @throws TesseraError with the worker's status; `internal` when it answers with something else than a latent.
 */
export async function remoteImageEncode(
  client: ImageEncoderServiceClient,
  model: string,
  { width, height, data }: Pixels,
  signal: AbortSignal,
  trace?: CallTrace,
): Promise<Tensor> {
  const call = client.encode(traceMetadata(trace));
  for (const part of tensorParts('DATA_TYPE_UINT8', [height, width, 3], data)) call.write({ model, pixels: part });
  call.end();
  let assembly: TensorAssembly | undefined;
  for await (const { latent } of callStream<ImageEncoderServiceEncodeResponse__Output>(call, signal)) {
    if (latent === null) continue;
    // No first stage makes more numbers than it is given.
    if (assembly === undefined) assembly = new TensorAssembly(latent, 4 * data.length);
    else assembly.add(latent);
  }
  if (assembly?.complete !== true) throw new TesseraError('internal', 'the image encoder gave no whole latent');
  return assembly.float32();
}
