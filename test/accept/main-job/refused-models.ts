import { appendFile, mkdtemp, open, rename, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTessera } from '../../support/cluster.js';
import { repoRoot } from '../../support/paths.js';
import type { AcceptancePoint } from '../point.js';

const VICTIM = 'vae_decoder/model.onnx';

async function flipOneByte(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, Math.floor(size / 2));
    byte[0] = (byte[0] ?? 0) ^ 1;
    await handle.write(byte, 0, 1, Math.floor(size / 2));
  } finally {
    await handle.close();
  }
}

const DAMAGES: Readonly<Record<string, { file: string; damage: (model: string) => Promise<void> }>> = {
  corrupted: { file: VICTIM, damage: (model) => flipOneByte(join(model, VICTIM)) },
  missing: { file: VICTIM, damage: (model) => unlink(join(model, VICTIM)) },
  linked: {
    file: VICTIM,
    damage: async (model) => {
      await rename(join(model, VICTIM), join(model, '../elsewhere.onnx'));
      await symlink('../../elsewhere.onnx', join(model, VICTIM));
    },
  },
  extra: { file: 'surprise.bin', damage: (model) => appendFile(join(model, 'surprise.bin'), 'x') },
};

export const refusedModelsPoint: AcceptancePoint = {
  id: 'main-job.7',
  title: 'a damaged stored model is refused at start by name; a named device that is missing ends with exit code 3',
  run: async () => {
    const outcomes: Record<string, { code: number | null; named: boolean }> = {};
    for (const [name, { file, damage }] of Object.entries(DAMAGES)) {
      const home = await mkdtemp(join(tmpdir(), 'tessera-home-'));
      try {
        const env = { TESSERA_HOME: home };
        const added = await runTessera(['models', 'add', join(repoRoot, 'models/emoji'), '--name', 'copy'], { env });
        if (added.code !== 0) throw new Error(`models add: ${added.stderr}`);
        await damage(join(home, 'models/copy'));
        const up = await runTessera(['up', '--model', 'copy', '--port', '0'], { env });
        outcomes[name] = { code: up.code, named: up.stderr.includes(file) };
      } finally {
        await rm(home, { recursive: true });
      }
    }
    const device = await runTessera(['up', '--device', 'cuda:0', '--port', '0']);
    return {
      value: { ...outcomes, missingDevice: { code: device.code, named: device.stderr.includes('cuda:0') } },
      limit: { code: 'not 0', named: true, missingDevice: 3 },
      pass:
        Object.values(outcomes).every(({ code, named }) => code !== 0 && code !== null && named) &&
        device.code === 3 &&
        device.stderr.includes('cuda:0'),
    };
  },
};
