import { link, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import type { GraphModel, StoredTensor } from './graph-model.js';
import { uncuttable } from './uncuttable.js';

/**
 * The file beside the model that a tensor lies in.
 * @throws TesseraError `failed_precondition` for a place outside the model's folder.
 */
export function externalPath(model: GraphModel, location: string): string {
  const inside = normalize(location);
  if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) {
    throw uncuttable(`weights file ${location}`, 'lies outside the folder of its model');
  }
  return join(dirname(model.path), inside);
}

/**
 * Makes the external weight files of `tensors` appear beside a part, under
 * their own names and without copying. ONNX Runtime follows no symbolic link,
 * absolute path or `..` out of a model's folder; a hard link it reads.
 * @returns whether that was possible: it is not across file systems.
 */
export async function linkWeights(
  model: GraphModel,
  tensors: readonly StoredTensor[],
  folder: string,
): Promise<boolean> {
  const locations = new Set(tensors.flatMap(({ place }) => (place.type === 'external' ? [place.location] : [])));
  for (const location of locations) {
    const source = externalPath(model, location);
    const target = join(folder, normalize(location));
    await mkdir(dirname(target), { recursive: true });
    if (await isSameFile(source, target)) continue;
    await rm(target, { force: true });
    try {
      await link(source, target);
    } catch (error) {
      if (UNLINKABLE.has((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    }
  }
  return true;
}

const UNLINKABLE = new Set(['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

async function isSameFile(a: string, b: string): Promise<boolean> {
  const other = await stat(b).catch(() => undefined);
  if (other === undefined) return false;
  const one = await stat(a);
  return one.dev === other.dev && one.ino === other.ino;
}
