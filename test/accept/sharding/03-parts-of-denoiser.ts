import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ModelCard, Tensor } from '@tessera/core';
import { cutDenoiser, writePart } from '@tessera/denoiser';
import { inspectModel } from '@tessera/models';
import { compareOutputs, type NamedTensors, runParts, type TypedTensor } from '@tessera/onnx';
import { denoiserInParts, predictOnce } from '../../support/denoiser-in-parts.js';
import { repoRoot } from '../../support/paths.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { assembleTinyModel } from '../../support/tiny-models.js';
import { openSession } from '../../unit/onnx/graph/sessions.js';
import type { AcceptancePoint } from '../point.js';
import { inputsOf } from './denoiser-inputs.js';

const COUNTS = [2, 3, 5];
const MODELS = ['emoji', 'sd-tiny', 'sdxl-tiny'];
const PLACED = 'emoji';
/** Processes of their own, on another number of threads each time. */
const THREADS = [1, 2];

export const partsOfDenoiserPoint: AcceptancePoint = {
  id: 'sharding.3',
  title: 'a denoiser in 2, 3 and 5 parts against the whole one, and the same cut in any placement',
  run: async () => {
    using home = temporaryFolder();
    const value = [];
    for (const model of MODELS) for (const count of COUNTS) value.push(await measure(model, count, home.path));
    return {
      value,
      limit: {
        different_from_whole: '0, or explained by what cannot fuse across a cut',
        distinct_results_of_one_cut: 1,
      },
      pass: value.every(
        ({ different_from_whole, distinct_results, placements }) =>
          different_from_whole === 0 && (placements.length === 0 || distinct_results === 1),
      ),
    };
  },
};

async function measure(model: string, count: number, home: string) {
  const opened = openFolder(model, home);
  const { card } = opened;
  const cut = cutDenoiser(opened, count);
  const cache = join(home, 'cache');
  const parts = await Promise.all(
    cut.parts.map(async (part, k) => ({ ...part, run: await openSession(await writePart(cut, k, cache)) })),
  );
  const feeds = inputsOf(card);
  const output = card.denoiser.output;
  const chained = await runParts(parts, ({ run }, given) => run(given), feeds, [output]);
  const whole = await (await openSession(join(opened.folder, card.files.denoiser)))(feeds);
  const [difference] = compareOutputs(whole, chained);
  const placements = model === PLACED ? await placed(count, card, feeds, home) : [];
  const results = new Set([...placements.map(({ sha256 }) => sha256), sha256Of(chained[output]?.data)]);
  return {
    model,
    parts: count,
    weights_mib: cut.parts.map(({ weightBytes }) => mib(weightBytes)),
    wire_mib_an_evaluation: cut.parts.map(({ wireBytes }) => mib(wireBytes)),
    different_from_whole: difference?.different,
    largest_difference: difference?.largest,
    placements: ['one process, 1 thread', ...placements.map(({ name }) => name)].slice(placements.length > 0 ? 0 : 1),
    distinct_results: results.size,
  };
}

/** A fixture has no manifest; its name stands for its hash. */
function openFolder(name: string, home: string) {
  const folder = name === PLACED ? join(repoRoot, 'models', name) : assembleTinyModel(name, home);
  return {
    folder,
    card: { ...inspectModel(folder).card, name, sha256: createHash('sha256').update(name).digest('hex') },
  };
}

/** The same evaluation by workers. */
async function placed(count: number, card: ModelCard, feeds: NamedTensors, home: string) {
  const placements = [];
  for (const threads of THREADS) {
    const start = { args: ['--threads', String(threads)], env: { TESSERA_HOME: home } };
    await using denoiser = await denoiserInParts(count, start);
    const [latent, context] = [card.denoiser.sampleInput, 'encoder_hidden_states'].map((name) => rowOf(feeds[name]));
    const prediction = await predictOnce(denoiser.first, card.name, latent as Tensor, context as Tensor);
    placements.push({ name: `${count} processes, ${threads} threads each`, sha256: sha256Of(prediction) });
  }
  return placements;
}

/** Without the batch axis. */
function rowOf(fed: TypedTensor | undefined): Tensor {
  if (fed?.dtype !== 'float32') throw new RangeError('what workers are sent is float32');
  return { shape: fed.shape.slice(1), data: fed.data };
}

function sha256Of(data: ArrayBufferView | undefined): string {
  if (data === undefined) throw new Error('no prediction');
  return createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}

function mib(bytes: number): number {
  return Math.round((100 * bytes) / 2 ** 20) / 100;
}
