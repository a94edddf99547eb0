import { invalidField, type Tensor } from '@tessera/core';
import {
  type DecodeRequest__Output,
  type DecodeResponse,
  type DecoderServiceHandlers,
  duplexStream,
  type ReportFault,
  type WireTensor,
} from '@tessera/proto';
import { TensorIntake } from '@tessera/runtime';
import { decodeBands } from './decode-bands.js';
import type { Decoder } from './decoder.js';
import type { DecoderNetwork } from './decoder-network.js';

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
  const { network, latent } = await receiveLatent(decoder, requests);
  const { width, height, bands, runMs } = await decoder.decode(network, latent, signal);
  for await (const { y, data } of bands) {
    const { buffer, byteOffset, byteLength } = data;
    const pixels: WireTensor = {
      dtype: 'DATA_TYPE_UINT8',
      shape: [height, width, 3],
      data: Buffer.from(buffer, byteOffset, byteLength),
      offset: 3 * width * y,
    };
    yield { pixels, runUs: Math.round(runMs * 1000) };
  }
}

/** The first message names the model and the shape, which are judged before the rest is taken. */
async function receiveLatent(
  decoder: Decoder,
  requests: AsyncIterable<DecodeRequest__Output>,
): Promise<{ network: DecoderNetwork; latent: Tensor }> {
  let network: DecoderNetwork | undefined;
  let intake: TensorIntake | undefined;
  for await (const { model, latent } of requests) {
    if (network === undefined) {
      network = decoder.network(model);
      if (latent !== null) network.assertShape(latent.shape);
    }
    intake ??= new TensorIntake('latent', network.maxLatentBytes);
    intake.add(latent);
    if (intake.complete) return { network, latent: intake.tensor() };
  }
  throw invalidField('latent', 'must be complete', network === undefined ? 'nothing' : 'a part of it');
}
