import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { repoRoot } from '../../support/paths.js';
import type { AcceptancePoint } from '../point.js';

const run = promisify(execFile);

const GENERATE_LIMIT_S = 20;
const TEST_LIMIT_MIN = 10;

/** What a stranger does: clone into an empty folder, install, and nothing else. */
export async function freshClone(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'tessera-clone-'));
  const folder = join(parent, 'tessera');
  await run('git', ['clone', '--quiet', repoRoot, folder]);
  return { folder, remove: () => rm(parent, { recursive: true }) };
}

interface Timed {
  readonly code: number | null;
  readonly seconds: number;
  readonly output: string;
}

async function timed(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Timed> {
  const begin = performance.now();
  // A state folder of its own: nothing that an earlier session left may help.
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, TESSERA_HOME: join(cwd, '.home'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'close');
  return { code: child.exitCode, seconds: (performance.now() - begin) / 1000, output };
}

/** Share of the pixels that are not background and are clearly red. */
async function redShare(file: string): Promise<number> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let red = 0;
  for (let offset = 0; offset < data.length; offset += info.channels) {
    const [r = 0, g = 0, b = 0] = data.subarray(offset, offset + 3);
    if (r > g + 60 && r > b + 60) red += 1;
  }
  return red / (info.width * info.height);
}

/** A red apple fills about a third of an emoji; a picture of something else has hardly any red. */
const LEAST_RED = 0.1;

export const freshClonePoint: AcceptancePoint = {
  id: 'main-job.1',
  title: 'a fresh clone generates what was asked, within 20 s after the install, without a warning to act on',
  run: async (seed) => {
    const clone = await freshClone();
    try {
      const install = await timed('npm', ['ci'], clone.folder);
      const generate = await timed(
        'npm',
        ['run', 'generate', '--', 'a red apple', '--seed', String(seed)],
        clone.folder,
      );
      const [png] = (await readdir(clone.folder)).filter((name) => name.endsWith('.png'));
      const red = png === undefined ? 0 : await redShare(join(clone.folder, png));
      const warnings = generate.output
        .split('\n')
        .filter((line) => /\bwarn|deprecat/i.test(line) && !/^npm warn/.test(line));
      const status = await run('git', ['status', '--porcelain'], { cwd: clone.folder });
      return {
        value: {
          installCode: install.code,
          generateCode: generate.code,
          generateSeconds: generate.seconds,
          png,
          redShare: red,
          warnings,
          changedFiles: status.stdout.trim(),
        },
        limit: { generateSeconds: GENERATE_LIMIT_S, redShare: LEAST_RED, warnings: [] },
        pass:
          install.code === 0 &&
          generate.code === 0 &&
          generate.seconds < GENERATE_LIMIT_S &&
          red >= LEAST_RED &&
          warnings.length === 0,
      };
    } finally {
      await clone.remove();
    }
  },
};

export const testCommandPoint: AcceptancePoint = {
  id: 'main-job.9',
  title: '.ci/run passes from a fresh clone, and npm test takes under 10 minutes',
  run: async () => {
    const clone = await freshClone();
    try {
      const ci = await timed('bash', ['.ci/run'], clone.folder, { CI: 'true' });
      const test = await timed('npm', ['test'], clone.folder);
      const closing = /^# (pass|fail) (\d+)$/gm;
      const counts = Object.fromEntries(
        [...test.output.matchAll(closing)].map(([, word, count]) => [word, Number(count)]),
      );
      return {
        value: {
          ciCode: ci.code,
          ciMinutes: ci.seconds / 60,
          testCode: test.code,
          testMinutes: test.seconds / 60,
          ...counts,
        },
        limit: { ciCode: 0, testCode: 0, testMinutes: TEST_LIMIT_MIN, fail: 0 },
        pass: ci.code === 0 && test.code === 0 && test.seconds < TEST_LIMIT_MIN * 60 && counts.fail === 0,
      };
    } finally {
      await clone.remove();
    }
  },
};
