import { join } from 'node:path';
import { unscaledLatent } from '@tessera/core';
import { decodeInBands, type TypedTensor } from '@tessera/onnx';
import { Decoders } from '../../support/decoders.js';
import { maxAbsoluteDifference } from '../../support/differences.js';
import { writeWithExactNorms } from '../../support/exact-norms.js';
import { repoRoot } from '../../support/paths.js';
import { peakResidentBytes } from '../../support/resident-memory.js';
import { sdDecoderModel } from '../../support/sd-decoder.js';
import { runWithSinglePrecisionSums } from '../../support/single-precision-sums.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { openPlan } from '../../unit/onnx/graph/open-plan.js';
import { openSession } from '../../unit/onnx/graph/sessions.js';
import type { AcceptancePoint, Measurement } from '../point.js';
import { imageSha256, planWith, randomLatent, SIZE } from './decoded-canvas.js';

const DECODERS = [1, 2, 3];
const BANDS = [1, 4, 16, 'planned'] as const;
/** Of the decoded values in −1…1, against the uncut graph. */
const MAX_ERROR = 1e-4;

/** Each is measured by itself: together they take minutes. */
export const exactDecodePoints: readonly AcceptancePoint[] = [
  ...pointsOf('built-in', async (use) => use(join(repoRoot, 'models/emoji'))),
  // With attention in the middle and 32 groups.
  ...pointsOf('sd-shaped', async (use) => {
    await using sd = await sdDecoderModel();
    return await use(sd.folder);
  }),
];

type WithModel = (use: (model: string) => Promise<Measurement>) => Promise<Measurement>;

function pointsOf(name: string, withModel: WithModel): readonly AcceptancePoint[] {
  return [
    {
      id: `sharding.1.${name}.image`,
      title: `1024² decoded by 1, 2, 3 decoders in 1, 4, 16 bands: one sha256, and memory that falls (${name})`,
      run: (seed) =>
        withModel(async (model) => {
          const value = await images(model, seed);
          return {
            value,
            limit: { distinct_images: 1, peak_rss_mib: 'on the average less for more decoders' },
            pass: value.distinct_images === 1 && fallsWithTheirNumber(value.peak_rss_mib),
          };
        }),
    },
    {
      id: `sharding.1.${name}.error`,
      title: `1024² decoded in bands is near the uncut graph (${name})`,
      run: (seed) =>
        withModel(async (model) => {
          const value = await errors(model, seed);
          return { value, limit: { max_error: MAX_ERROR }, pass: value.max_error <= MAX_ERROR };
        }),
    },
  ];
}

async function images(model: string, seed: number) {
  using home = temporaryFolder();
  const hashes = new Set<string>();
  const peaks: Record<string, readonly number[]> = {};
  for (const count of DECODERS) {
    await using decoders = await Decoders.start(count, { model, env: { TESSERA_HOME: home.path } });
    await decoders.usable(count);
    const plan = decoders.planOf(SIZE);
    const latent = randomLatent(plan.latentShape, seed);
    // The planned bands first: what they take at most is what an image takes.
    hashes.add(await imageSha256(decoders, plan, latent));
    peaks[count] = decoders.workers.map(({ process }) => mib(peakResidentBytes(process.pid as number)));
    for (const bands of BANDS) {
      if (bands === 'planned') continue;
      hashes.add(await imageSha256(decoders, planWith(plan, bands), latent));
    }
  }
  return {
    decoders: DECODERS,
    bands: BANDS,
    distinct_images: hashes.size,
    image_sha256: [...hashes],
    peak_rss_mib: peaks,
  };
}

/**
 * Of the float values, in this process: decoders give bytes. ONNX Runtime sums
 * the uncut graph's statistics in float32. With such sums the cut graph shows
 * what cutting alone changes; against the uncut graph with statistics in
 * float64 it shows which of the two is off.
 */
async function errors(model: string, seed: number) {
  using folder = temporaryFolder();
  const home = folder.path;
  await using decoders = await Decoders.start(1, { model, env: { TESSERA_HOME: home } });
  const { card } = decoders;
  const plan = decoders.planOf(SIZE);
  const file = join(model, card.files.decoder);
  const { data } = unscaledLatent(randomLatent(plan.latentShape, seed), card.latentFormat);
  const input = { dtype: 'float32', shape: [1, ...plan.latentShape], data } as const;
  const whole = await openSession(file);
  const uncut = (await whole({ [card.decoder.input]: input }))[card.decoder.output];
  const cut = await openPlan(file, join(home, 'cut-here'));
  const banded = await decodeInBands(cut.plan, cut.run, input, plan.decode?.bandStarts?.length ?? 1);
  const likeUncut = await runWithSinglePrecisionSums(cut.plan, cut.run, input);
  const exactFile = join(home, 'exact-norms', 'model.onnx');
  await writeWithExactNorms(file, exactFile);
  const exact = (await (await openSession(exactFile))({ [card.decoder.input]: input }))[card.decoder.output];
  const off = (one: TypedTensor | undefined, other: TypedTensor | undefined) =>
    maxAbsoluteDifference(one?.data as Float32Array, other?.data as Float32Array);
  return {
    max_error: off(banded, uncut),
    max_error_with_float32_sums: off(likeUncut, uncut),
    max_error_to_uncut_with_float64_sums: off(banded, exact),
    uncut_to_uncut_with_float64_sums: off(uncut, exact),
  };
}

/** On the average of the decoders: attention in the middle runs whole, on the first of them. */
function fallsWithTheirNumber(peaks: Readonly<Record<string, readonly number[]>>): boolean {
  const means = DECODERS.map((count) => (peaks[count] ?? []).reduce((sum, peak) => sum + peak / count, 0));
  return means.every((mean, i) => i === 0 || mean < (means[i - 1] as number));
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
