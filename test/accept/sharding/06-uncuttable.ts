import { Decoders } from '../../support/decoders.js';
import { denoiserInParts, predictOnce } from '../../support/denoiser-in-parts.js';
import { wave } from '../../support/predict-client.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { BRANCHING, branchingDenoiser, strangeNormDecoder, UNKNOWN_NORM } from '../../support/uncuttable-models.js';
import type { AcceptancePoint } from '../point.js';
import { randomLatent, SIZE } from './decoded-canvas.js';

export const uncuttablePoint: AcceptancePoint = {
  id: 'sharding.6',
  title: 'graphs that cannot be cut: a refusal that names operator and reason, and the whole graph is used',
  run: async (seed) => {
    using home = temporaryFolder();
    const value = { denoiser: await branching(home.path), decoder: await strangeNorm(home.path, seed) };
    return {
      value,
      limit: { said: 'operator and reason', works_whole: true },
      pass:
        value.denoiser.said.includes(`${BRANCHING} chooses what to run while it runs`) &&
        value.denoiser.works_whole &&
        UNKNOWN_NORM.test(value.decoder.said) &&
        value.decoder.said.includes('normalises in a spelling that is not known') &&
        value.decoder.works_whole,
    };
  },
};

/** A denoiser with control flow, told to be in two parts. */
async function branching(home: string) {
  await using model = await branchingDenoiser();
  await using denoiser = await denoiserInParts(2, { model: model.folder, env: { TESSERA_HOME: home } });
  const latent = wave([4, 16, 16], 1);
  const prediction = await predictOnce(denoiser.first, 'branching', latent, wave([32, 384], 2));
  // The timestep is 500, which the graph calls late.
  const works = prediction.every((value, i) => value === Math.fround(Math.fround(0.1) * (latent.data[i] ?? 0)));
  return { said: causeIn(denoiser.first.said()), works_whole: works };
}

/** A decoder with a normalisation in a spelling of its own, and an image for which bands would be planned. */
async function strangeNorm(home: string, seed: number) {
  await using model = await strangeNormDecoder();
  await using decoders = await Decoders.start(1, { model: model.folder, env: { TESSERA_HOME: home } });
  await decoders.usable(1);
  const plan = decoders.planOf(SIZE);
  const pixels = await decoders.decode(plan, randomLatent(plan.latentShape, seed));
  const works = plan.decode?.bandStarts === undefined && new Set(pixels.data).size > 1;
  return { said: causeIn(decoders.workers[0]?.said() ?? ''), works_whole: works };
}

/** What the log gives as the cause of a warning. */
function causeIn(log: string): string {
  const causes = log.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { level, cause } = JSON.parse(line);
    return level === 'warn' && typeof cause === 'string' ? [cause] : [];
  });
  return causes.join('; ');
}
