import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  type Band,
  decodeInBands,
  type Executor,
  GraphIndex,
  type LoadedNetwork,
  type PlannedBands,
  planBands,
  readGraphModel,
  runShare,
  splitRows,
  stackRows,
  startExecutor,
  type TypedTensor,
  takeRows,
  writeSubGraph,
} from '@tessera/onnx';
import { repoRoot } from '../support/paths.js';
import { shareLinks } from '../support/share-links.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { assembleTinyModel } from '../support/tiny-models.js';
import { wave } from '../unit/onnx/graph/sessions.js';

const folder = temporaryFolder();
const executor = await startExecutor({ device: 'cpu', threads: 1 });
after(async () => {
  await executor.close();
  folder[Symbol.dispose]();
});

const ROWS = 24;
const NETWORKS = [
  { name: "the built-in model's decoder", file: join(repoRoot, 'models/emoji/vae_decoder/model.onnx'), columns: 16 },
  {
    name: 'a decoder with attention in the middle',
    file: join(assembleTinyModel('sd-tiny', folder.path), 'vae_decoder/model.onnx'),
    columns: 12,
  },
];

for (const { name, file, columns } of NETWORKS) {
  test(`${name} gives the same bits in 1, 2 and 3 shares, in memory and on the disk`, async () => {
    const cut = await openCut(file, join(folder.path, name));
    const input = wave([1, 4, ROWS, columns]);
    const expected = await decodeInBands(cut.planned.plan, cut.run, input, 5);
    for (const shares of [1, 2, 3]) {
      for (const kept of [undefined, join(folder.path, `${name}-${shares}`)]) {
        if (kept !== undefined) mkdirSync(kept);
        const result = await inShares(cut, input, splitRows(ROWS, 7), shares, kept);
        assert.deepEqual(result.shape, expected.shape);
        assert.equal(hash(result), hash(expected), `${shares} shares`);
        // All that is left is the result's own rows.
        if (kept !== undefined) assert.equal(readdirSync(kept).length, splitRows(7, shares)[0]?.end);
      }
    }
  });
}

interface Cut {
  readonly planned: PlannedBands;
  readonly networks: readonly LoadedNetwork[];
  readonly run: (
    segment: { readonly name: string },
    feeds: Record<string, TypedTensor>,
  ) => ReturnType<typeof outputsOf>;
}

async function openCut(file: string, into: string): Promise<Cut> {
  const planned = planBands(new GraphIndex(readGraphModel(file)));
  const networks: LoadedNetwork[] = [];
  for (const graph of planned.graphs) {
    const path = join(into, `${graph.name}.onnx`);
    await writeSubGraph(graph, path);
    networks.push(await executor.load(path, { arena: false }));
  }
  const at = (name: string) => networks[planned.plan.segments.findIndex((segment) => segment.name === name)];
  return {
    planned,
    networks,
    run: ({ name }, feeds) => outputsOf(executor, at(name) as LoadedNetwork, feeds),
  };
}

async function outputsOf(on: Executor, network: LoadedNetwork, feeds: Record<string, TypedTensor>) {
  return (await on.run(network, feeds)).outputs;
}

async function inShares(
  { planned: { plan }, networks, run }: Cut,
  input: TypedTensor,
  bands: readonly Band[],
  shares: number,
  kept: string | undefined,
): Promise<TypedTensor> {
  const parts = splitRows(bands.length, shares).map(({ start, end }) => bands.slice(start, end));
  const rows = parts.map((part) => (part.at(-1)?.end ?? 0) - (part[0]?.start ?? 0));
  const links = shareLinks(rows);
  const results = await Promise.all(
    parts.map(async (part, i) => {
      const share = takeRows(input, part[0]?.start ?? 0, part.at(-1)?.end ?? 0);
      const setup = { plan, networks, bands: part, latentRows: ROWS, folder: i === 0 ? kept : undefined };
      const held = await executor.holdBands(setup);
      const made: TypedTensor[] = [];
      const link = links[i];
      assert.ok(link);
      for await (const { rows } of runShare(plan, held.holders, run, share, link)) made.push(rows);
      await held.close();
      return stackRows(made);
    }),
  );
  return stackRows(results);
}

function hash({ data }: TypedTensor): string {
  return createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}
