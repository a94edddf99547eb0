import { invalidField, type Pixels } from '@tessera/core';
import {
  duplexStream,
  float32Parts,
  type ImageEncoderServiceEncodeRequest__Output,
  type ImageEncoderServiceEncodeResponse,
  type ImageEncoderServiceHandlers,
  type ReportFault,
} from '@tessera/proto';
import { TensorIntake } from '@tessera/runtime';
import type { Decoder } from './decoder.js';
import type { ImageEncoderNetwork } from './image-encoder-network.js';

export function createImageEncoderHandlers(
  decoder: () => Decoder,
  reportFault: ReportFault,
): ImageEncoderServiceHandlers {
  return { Encode: duplexStream((requests, signal) => encode(decoder(), requests, signal), reportFault) };
}

async function* encode(
  decoder: Decoder,
  requests: AsyncIterable<ImageEncoderServiceEncodeRequest__Output>,
  signal: AbortSignal,
): AsyncGenerator<ImageEncoderServiceEncodeResponse> {
  const { network, pixels } = await receivePixels(decoder, requests);
  const { latent, runMs } = await network.encode(pixels, { signal, evaluations: 1 });
  for (const part of float32Parts(latent)) yield { latent: part, runUs: Math.round(runMs * 1000) };
}

/** The first message names the model and the shape, which are judged before the rest is taken. */
async function receivePixels(
  decoder: Decoder,
  requests: AsyncIterable<ImageEncoderServiceEncodeRequest__Output>,
): Promise<{ network: ImageEncoderNetwork; pixels: Pixels }> {
  let network: ImageEncoderNetwork | undefined;
  let intake: TensorIntake | undefined;
  for await (const { model, pixels } of requests) {
    if (network === undefined) {
      network = decoder.imageEncoder(model);
      if (pixels !== null) network.assertShape(pixels.shape);
    }
    intake ??= new TensorIntake('pixels', network.maxPixelBytes);
    intake.add(pixels);
    if (!intake.complete) continue;
    const { shape, data } = intake.bytes();
    const [height, width] = shape as [number, number, number];
    return { network, pixels: { width, height, data } };
  }
  throw invalidField('pixels', 'must be complete', network === undefined ? 'nothing' : 'a part of it');
}
