import { type Band, bandsFromStarts, invalidField, type ModelCard, type Tensor, unscaledLatent } from '@tessera/core';
import { type BandRows, checkBands, type Executor, runShare, type ShareLink, typedFromFloat32 } from '@tessera/onnx';
import type { BandShare__Output } from '@tessera/proto';
import type { BandNetwork } from './band-network.js';
import { makeRowFolder, removeRowFolder } from './row-folder.js';

/** Consecutive bands of one image, to be decoded here. */
export interface BandShare {
  readonly index: number;
  /** Of the whole image, in cells. */
  readonly height: number;
  readonly width: number;
  /** This share's own, from top to bottom. */
  readonly bands: readonly Band[];
  /** Latent rows of every share. */
  readonly rows: readonly number[];
  readonly littleMemory: boolean;
}

/** @throws TesseraError invalid_argument that names the field at fault. */
export function parseShare(wire: BandShare__Output, network: BandNetwork): BandShare {
  const { index, latentShape, bandStarts, shareStarts, littleMemory } = wire;
  const [, height = 0, width = 0] = latentShape;
  const bands = bandsFromStarts(bandStarts, height);
  checkBands(network.plan, bands, height);
  const shares = bandsFromStarts(shareStarts, bands.length);
  if (shareStarts[0] !== 0 || shares.some(({ start, end }) => end <= start)) {
    throw invalidField('share.share_starts', 'must ascend from 0 below the number of bands', `[${shareStarts}]`);
  }
  const own = shares[index];
  if (own === undefined) throw invalidField('share.index', `must be below ${shares.length}`, index);
  const rowsOf = ({ start, end }: Band) =>
    bands.slice(start, end).reduce((rows, band) => rows + band.end - band.start, 0);
  return { index, height, width, bands: bands.slice(own.start, own.end), rows: shares.map(rowsOf), littleMemory };
}

/** Tensors as large as the largest that lie between segments: the one in progress, the residual. */
const KEPT_TENSORS = 2;
/** Of what the machine has free. */
const MEMORY_SHARE = 0.5;

/**
 * Decodes one share. What lies between segments is kept in memory; on the disk
 * where that was asked, or where memory will not do.
 *
 * @param latent scaled, [channels, rows, width]: the share's own rows.
 * @yields its rows of the image, in −1…1, from the top, and the time in the network so far.
 * @throws TesseraError resource_exhausted when memory, or the disk, did not do.
 */
export async function* decodeShare(
  { executor, network, card }: { readonly executor: Executor; readonly network: BandNetwork; readonly card: ModelCard },
  share: BandShare,
  latent: Tensor,
  link: ShareLink,
  signal: AbortSignal,
): AsyncGenerator<BandRows & { readonly runMs: number }> {
  const { plan } = network;
  const networks = await network.networks();
  const keptBytes = KEPT_TENSORS * network.card.bytesPerCell * (share.rows[share.index] ?? 0) * share.width;
  const onDisk = share.littleMemory || keptBytes > MEMORY_SHARE * process.availableMemory();
  const folder = onDisk ? await makeRowFolder(network.cache) : undefined;
  try {
    const held = await executor.holdBands({
      plan,
      networks,
      bands: share.bands,
      latentRows: share.height,
      folder,
      signal,
    });
    try {
      const { data } = unscaledLatent(latent, card.latentFormat);
      const input = typedFromFloat32(card.decoder.float, [1, ...latent.shape], data);
      const runWhole = async (segment: { readonly name: string }, feeds: Parameters<Executor['run']>[1]) => {
        const whole = networks[plan.segments.findIndex(({ name }) => name === segment.name)];
        if (whole === undefined) throw new RangeError(`no network runs ${segment.name}`);
        return (await executor.run(whole, feeds, { mayFail: true })).outputs;
      };
      for await (const rows of runShare(plan, held.holders, runWhole, input, link, signal)) {
        yield { ...rows, runMs: held.runMs() };
      }
    } finally {
      await held.close();
    }
  } finally {
    if (folder !== undefined) await removeRowFolder(folder);
  }
}
