import {
  type DecodeRequest__Output,
  type DecodeResponse,
  type DecoderServiceHandlers,
  duplexStream,
  type ReportFault,
} from '@tessera/proto';
import { decodeBands } from './decode-bands.js';
import type { Decoder } from './decoder.js';
import { pixelResponse } from './pixel-response.js';
import { receiveTensor } from './receive-tensor.js';

export function createDecoderHandlers(decoder: () => Decoder, reportFault: ReportFault): DecoderServiceHandlers {
  return {
    Decode: duplexStream((requests, signal) => decode(decoder(), requests, signal), reportFault),
    DecodeBands: duplexStream((requests, signal) => decodeBands(decoder(), requests, signal), reportFault),
  };
}

async function* decode(
  decoder: Decoder,
  requests: AsyncIterable<DecodeRequest__Output>,
  signal: AbortSignal,
): AsyncGenerator<DecodeResponse> {
  const { network, intake } = await receiveTensor(requests, {
    field: 'latent',
    partOf: ({ latent }) => latent,
    networkOf: (model) => decoder.network(model),
    maxBytesOf: ({ maxLatentBytes }) => maxLatentBytes,
  });
  const { width, height, bands, runMs } = await decoder.decode(network, intake.tensor(), signal);
  for await (const band of bands) yield pixelResponse(band, { width, height }, runMs);
}
