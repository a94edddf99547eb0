import type { ModelCard, Pixels, Tensor } from '@tessera/core';
import { tesseraV1 } from '@tessera/proto';
import type { CallTrace } from '@tessera/runtime';
import type { Dispatcher } from './dispatcher.js';
import { remoteImageEncode } from './remote-image-encode.js';

export interface EncodeImageSetup {
  readonly dispatcher: Dispatcher;
  readonly card: ModelCard;
  /** Of the decoder that began with the image; `''` for any. */
  readonly numericClass: string;
  /** Tells the class of the decoder that did it. */
  readonly encodedBy: (numericClass: string) => void;
  readonly trace?: CallTrace | undefined;
}

/**
 * The latent of some pixels, on one decoder of the class.
 *
 * @throws TesseraError `unavailable` when no decoder did it; the signal's reason.
 */
export function encodeImage(setup: EncodeImageSetup, pixels: Pixels, signal: AbortSignal): Promise<Tensor> {
  const { dispatcher, card, numericClass, encodedBy, trace } = setup;
  const need = { stage: 'decoder', modelSha256: card.sha256, ...(numericClass !== '' && { numericClass }) } as const;
  return dispatcher.onWorker(need, signal, async (worker, callSignal) => {
    const client = worker.channel.client(tesseraV1.ImageEncoderService);
    const whileTrusted = AbortSignal.any([callSignal, worker.trust]);
    const latent = await remoteImageEncode(client, card.name, pixels, whileTrusted, trace);
    encodedBy(worker.description?.numericClass ?? '');
    return latent;
  });
}
