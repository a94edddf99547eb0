import { type Pixels, type Tensor, TesseraError } from '@tessera/core';
import {
  callStream,
  type DecodeResponse__Output,
  type DecoderServiceClient,
  float32Parts,
  TensorAssembly,
} from '@tessera/proto';
import { type CallTrace, traceMetadata } from '@tessera/runtime';

export interface RemoteDecode {
  readonly pixels: Pixels;
  /** Time in the network. */
  readonly runMs: number;
}

/**
 * The pixels of one latent from one decoder.
 *
 * @param size in pixels, of the image that the latent must give.
 * @throws TesseraError with the decoder's status; `internal` when it answers with something else than such an image.
 */
export async function remoteDecode(
  client: DecoderServiceClient,
  model: string,
  latent: Tensor,
  size: { readonly width: number; readonly height: number },
  signal: AbortSignal,
  trace?: CallTrace,
): Promise<RemoteDecode> {
  const { width, height } = size;
  const call = client.decode(traceMetadata(trace));
  for (const part of float32Parts(latent)) call.write({ model, latent: part });
  call.end();
  let assembly: TensorAssembly | undefined;
  let runMs = 0;
  for await (const { pixels, runUs } of callStream<DecodeResponse__Output>(call, signal)) {
    // Every message tells the whole.
    runMs = Number(runUs) / 1000;
    if (pixels === null) continue;
    if (assembly === undefined) assembly = new TensorAssembly(pixels, 3 * width * height);
    else assembly.add(pixels);
  }
  const shape = assembly?.shape.join();
  if (!assembly?.complete || assembly.dtype !== 'DATA_TYPE_UINT8' || shape !== [height, width, 3].join()) {
    throw new TesseraError('internal', `the decoder gave no image of ${width}×${height}, but ${shape}`);
  }
  return { pixels: { width, height, data: assembly.bytes }, runMs };
}
