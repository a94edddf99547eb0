import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MATRIX_BYTES, sparseModel } from '../../support/sparse-model.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import type { AcceptancePoint } from '../point.js';

const PROGRAM = fileURLToPath(import.meta.resolve('../../unit/onnx/graph/cut-large-model.js'));
const GIB = 2 ** 30;
/** A tenth of one matrix, and Node.js itself. */
const LIMIT_MIB = { peak_rss: 200, grew_by: 64 };

export const largeModelPoint: AcceptancePoint = {
  id: 'sharding.4',
  title: 'a model with 3 GiB of weights beside its graph is cut without loading it into memory',
  run: async () => {
    using folder = temporaryFolder();
    const model = sparseModel(folder.path);
    const value = {
      weights_gib: (3 * MATRIX_BYTES) / GIB,
      linked: await cut(model, join(folder.path, 'linked'), 'link'),
      copied: await cut(model, join(folder.path, 'copied'), 'copy'),
    };
    return {
      value,
      limit: { peak_rss_mib: LIMIT_MIB.peak_rss, grew_by_mib: LIMIT_MIB.grew_by, parts_gib: [1, 2] },
      pass: [value.linked, value.copied].every(
        ({ peak_rss_mib, grew_by_mib, parts_gib }) =>
          peak_rss_mib <= LIMIT_MIB.peak_rss &&
          grew_by_mib <= LIMIT_MIB.grew_by &&
          [...parts_gib].sort().join() === '1,2',
      ),
    };
  },
};

/** In a process of its own, whose peak is the cut's. */
async function cut(model: string, folder: string, weights: 'link' | 'copy') {
  mkdirSync(folder);
  const began = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, model, folder, weights]);
  const seconds = (performance.now() - began) / 1000;
  const { weightBytes, peakKiB, grewByKiB } = JSON.parse(stdout);
  const written = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).blocks * 512, 0);
  rmSync(folder, { recursive: true });
  return {
    peak_rss_mib: Math.round(peakKiB / 1024),
    grew_by_mib: Math.round(grewByKiB / 1024),
    parts_gib: (weightBytes as number[]).map((bytes) => bytes / GIB),
    disk_gib: Math.round((100 * written) / GIB) / 100,
    seconds: Math.round(10 * seconds) / 10,
  };
}
