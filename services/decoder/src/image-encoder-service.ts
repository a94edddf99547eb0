import {
  duplexStream,
  float32Parts,
  type ImageEncoderServiceEncodeRequest__Output,
  type ImageEncoderServiceEncodeResponse,
  type ImageEncoderServiceHandlers,
  type ReportFault,
} from '@tessera/proto';
import type { Decoder } from './decoder.js';
import { receiveTensor } from './receive-tensor.js';

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
  const { network, intake } = await receiveTensor(requests, {
    field: 'pixels',
    partOf: ({ pixels }) => pixels,
    networkOf: (model) => decoder.imageEncoder(model),
    maxBytesOf: ({ maxPixelBytes }) => maxPixelBytes,
  });
  const { shape, data } = intake.bytes();
  const [height, width] = shape as [number, number, number];
  const { latent, runMs } = await network.encode({ width, height, data }, { signal, evaluations: 1 });
  for (const part of float32Parts(latent)) yield { latent: part, runUs: Math.round(runMs * 1000) };
}
