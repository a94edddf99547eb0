import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.js';

const PROGRAMS = ['gateway', 'services/text-encoder', 'services/denoiser', 'services/decoder'];

/** The folder of a commit's sources, installed from its own lock file and built; made once. */
export function buildOfCommit(commit: string): string {
  const folder = join(repoRoot, '.tools', `build-of-${commit}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const run = (command: string, args: readonly string[]) => {
    execFileSync(command, args, { cwd: unfinished, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const archive = `${unfinished}.tar`;
  execFileSync('git', ['archive', '--output', archive, commit], { cwd: repoRoot });
  run('tar', ['-xf', archive]);
  rmSync(archive);
  run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund']);
  run('npx', ['tsc', '-b', ...PROGRAMS]);
  renameSync(unfinished, folder);
  return folder;
}
