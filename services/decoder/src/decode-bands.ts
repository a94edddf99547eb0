import { invalidField, TesseraError } from '@tessera/core';
import type { DecodeBandsRequest__Output, DecodeBandsResponse } from '@tessera/proto';
import { TensorIntake } from '@tessera/runtime';
import { type BandShare, parseShare } from './band-share.js';
import type { Decoder } from './decoder.js';
import type { DecoderNetwork } from './decoder-network.js';
import { Handover } from './handover.js';
import { pixelBands } from './pixel-bands.js';
import { pixelResponse } from './pixel-response.js';
import { StreamLink } from './stream-link.js';

/** Answers one `DecodeBands` call. */
export async function* decodeBands(
  decoder: Decoder,
  requests: AsyncIterable<DecodeBandsRequest__Output>,
  signal: AbortSignal,
): AsyncGenerator<DecodeBandsResponse> {
  const incoming = requests[Symbol.asyncIterator]();
  const { network, share, latent } = await receiveShare(decoder, incoming);
  const out = new Handover<DecodeBandsResponse>();
  const link = new StreamLink(share.index, share.rows, (said) => out.put({ said }));
  const left = () => link.fail(signal.reason);
  signal.addEventListener('abort', left, { once: true });
  const decoding = decodeInto(out, decoder.decodeShare(network, share, latent, link, signal), network, share).then(
    () => out.end(),
    (failure) => out.end({ failure }),
  );
  // What is heard too early waits in the link: others are ahead by one segment at most.
  hearAll(incoming, link).catch((failure) => {
    link.fail(failure);
    out.end({ failure });
  });
  try {
    yield* out;
  } finally {
    signal.removeEventListener('abort', left);
    const over = signal.reason ?? new TesseraError('cancelled', 'the share has ended');
    link.fail(over);
    out.close(over);
    await decoding;
  }
}

async function hearAll(incoming: AsyncIterator<DecodeBandsRequest__Output>, link: StreamLink): Promise<void> {
  for (;;) {
    const { value, done } = await incoming.next();
    if (done) return;
    if (!value.heard) throw invalidField('heard', 'must follow the latent', value.request);
    link.hear(value.heard);
  }
}

async function decodeInto(
  out: Handover<DecodeBandsResponse>,
  decoded: ReturnType<Decoder['decodeShare']>,
  network: DecoderNetwork,
  share: BandShare,
): Promise<void> {
  const pixelsPerCell = network.card.latentFormat.spatialCompression;
  const [width, height] = [share.width * pixelsPerCell, (share.rows[share.index] ?? 0) * pixelsPerCell];
  const top = share.bands[0]?.start ?? 0;
  for await (const { band, rows, runMs } of decoded) {
    const above = (band.start - top) * pixelsPerCell;
    for await (const { y, data } of pixelBands(rows)) {
      await out.put(pixelResponse({ y: above + y, data }, { width, height }, runMs));
    }
  }
}

/** The first message names the share, which is judged before the latent is taken. */
async function receiveShare(decoder: Decoder, incoming: AsyncIterator<DecodeBandsRequest__Output>) {
  const first = await incoming.next();
  const wire = first.done ? undefined : first.value.share;
  if (!wire) throw invalidField('share', 'must come first', first.done ? 'nothing' : first.value.request);
  const network = decoder.network(wire.model);
  network.assertBandShape(wire.latentShape);
  const share = parseShare(wire, network.bandNetwork());
  const shape = [wire.latentShape[0], share.rows[share.index], share.width];
  const intake = new TensorIntake('latent', network.maxLatentBytes);
  while (!intake.complete) {
    const { value, done } = await incoming.next();
    if (done) throw invalidField('latent', 'must be complete', 'a part of it');
    intake.add(value.latent ?? null);
  }
  const latent = intake.tensor();
  if (latent.shape.join() !== shape.join())
    throw invalidField('latent', `must have shape [${shape}]`, `[${latent.shape}]`);
  return { network, share, latent };
}
