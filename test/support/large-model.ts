import { cpSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManifest, inspectModel, writeManifest } from '@tessera/models';
import { type GraphConstant, type GraphOperator, writeGraph } from '@tessera/onnx';
import { repoRoot } from './paths.js';

/** Values of one latent of the built-in model. */
const LATENT = 4 * 16 * 16;
const WIDE = 16 * LATENT;
/** Of two weights. */
const PAIR_BYTES = 2 * 4 * LATENT * WIDE;

export interface LargeModel extends AsyncDisposable {
  readonly folder: string;
  /** Of the denoiser's weights. */
  readonly bytes: number;
}

/** The built-in model with a denoiser that does little, of at least so many bytes of weights. */
export async function largeModel(atLeastBytes: number): Promise<LargeModel> {
  const parent = await mkdtemp(join(tmpdir(), 'tessera-large-'));
  const folder = join(parent, 'large');
  const pairs = Math.ceil(atLeastBytes / PAIR_BYTES);
  cpSync(join(repoRoot, 'models/emoji'), folder, { recursive: true });
  await writeFile(join(folder, 'unet/model.onnx'), wideGraph(pairs));
  await writeManifest(folder, await createManifest(folder, inspectModel(folder), { hardLinks: 'refused' }));
  return {
    folder,
    bytes: pairs * PAIR_BYTES,
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

/** Each latent as one row through pairs of matrices, to the wide side and back. */
function wideGraph(pairs: number): Uint8Array {
  const operators: GraphOperator[] = [{ type: 'Reshape', inputs: ['sample', 'rows'], outputs: ['h0'] }];
  const constants: Record<string, GraphConstant> = {
    rows: { shape: [2], data: BigInt64Array.of(-1n, BigInt(LATENT)) },
    latents: { shape: [4], data: BigInt64Array.of(-1n, 4n, 16n, 16n) },
  };
  for (let i = 0; i < pairs; i += 1) {
    constants[`widen${i}`] = { shape: [LATENT, WIDE], data: new Float32Array(LATENT * WIDE).fill(1 / LATENT) };
    constants[`narrow${i}`] = { shape: [WIDE, LATENT], data: new Float32Array(LATENT * WIDE).fill(1 / WIDE) };
    operators.push({ type: 'MatMul', inputs: [`h${i}`, `widen${i}`], outputs: [`wide${i}`] });
    operators.push({ type: 'MatMul', inputs: [`wide${i}`, `narrow${i}`], outputs: [`h${i + 1}`] });
  }
  operators.push({ type: 'Reshape', inputs: [`h${pairs}`, 'latents'], outputs: ['out_sample'] });
  return writeGraph({
    inputs: [
      { name: 'sample', type: 'float32', shape: ['batch', 4, 16, 16] },
      { name: 'timestep', type: 'float32', shape: ['batch'] },
      { name: 'encoder_hidden_states', type: 'float32', shape: ['batch', 32, 384] },
    ],
    outputs: [{ name: 'out_sample', type: 'float32', shape: ['batch', 4, 16, 16] }],
    operators,
    constants,
  });
}
