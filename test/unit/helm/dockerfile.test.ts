import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { imageConfig, isIgnored, parseCopy, parseDockerfile } from '../../support/dockerfile.js';
import { repoRoot } from '../../support/paths.js';

const stages = parseDockerfile(readFileSync(join(repoRoot, 'docker/Dockerfile'), 'utf8'));
const ignoreFile = readFileSync(join(repoRoot, 'docker/Dockerfile.dockerignore'), 'utf8');
const context = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: repoRoot,
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
})
  .split('\n')
  .filter((file) => file !== '' && !isIgnored(ignoreFile, file));

const TARGETS = {
  gateway: { script: '/app/gateway/dist/main.js', ports: [8470, 8471] },
  'text-encoder': { script: '/app/services/text-encoder/dist/main.js', ports: [8472] },
  denoiser: { script: '/app/services/denoiser/dist/main.js', ports: [8472] },
  decoder: { script: '/app/services/decoder/dist/main.js', ports: [8472] },
  'denoiser-cuda': { script: '/app/services/denoiser/dist/main.js', ports: [8472] },
  'decoder-cuda': { script: '/app/services/decoder/dist/main.js', ports: [8472] },
  cli: { script: '/app/packages/cli/bin/tessera.js', ports: [] },
};

for (const [target, { script, ports }] of Object.entries(TARGETS)) {
  test(`image ${target} starts its program as a user who is not root`, () => {
    const config = imageConfig(stages, target);
    assert.deepEqual(config.entrypoint, ['node', script]);
    // By number: a kubelet cannot know that a name is not root's.
    assert.match(config.user, /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual(config.ports, ports);
    assert.equal(config.environment.TESSERA_HOME, '/var/lib/tessera');
    assert.equal(config.environment.HOME, '/tmp');
  });
}

test('base images are slim and of a Node that is supported, or CUDA 12 with cuDNN', () => {
  const names = new Set(stages.map(({ name }) => name));
  const bases = new Set(stages.map(({ from }) => from).filter((from) => !names.has(from)));
  assert.deepEqual([...bases].sort(), ['node:22-bookworm-slim', 'nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04']);
});

test('final images have neither compiler nor sources: what they copy from the build is compiled', () => {
  const copies = stages
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => keyword === 'COPY')
    .map(({ text }) => parseCopy(text))
    .filter(({ from }) => from === 'build');
  assert.ok(copies.length > 10);
  for (const { sources } of copies) {
    for (const source of sources) assert.match(source, /\/(dist|bin|package\.json|google|tessera)$/);
  }
});

test('every workspace is among the manifests that npm ci reads', () => {
  const { workspaces } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')) as { workspaces: string[] };
  const folders = context
    .filter((file) => file.endsWith('package.json'))
    .map((file) => file.replace(/\/?package\.json$/, ''))
    .filter((folder) => workspaces.some((pattern) => new RegExp(`^${pattern.replace('*', '[^/]+')}$`).test(folder)));
  const manifests = stages.find(({ name }) => name === 'manifests');
  const copied = manifests?.instructions
    .filter(({ keyword }) => keyword === 'COPY')
    .flatMap(({ text }) => parseCopy(text).sources);
  assert.ok(folders.length >= 12);
  for (const folder of folders) assert.ok(copied?.includes(`${folder}/package.json`), folder);
});

test('the context has what is copied from it, and nothing that a build or an install left', () => {
  for (const { instructions } of stages) {
    for (const { keyword, text } of instructions) {
      if (keyword !== 'COPY') continue;
      const { from, sources } = parseCopy(text);
      if (from !== undefined) continue;
      for (const source of sources) {
        assert.ok(
          context.some((file) => file === source || file.startsWith(`${source}/`)),
          source,
        );
      }
    }
  }
  for (const left of [
    'packages/core/dist/index.js',
    'packages/core/tsconfig.tsbuildinfo',
    'gateway/dist/main.js',
    'node_modules/nats/package.json',
    'proto/dist/index.js',
    '.git/config',
    'docs/operations.md',
    'helm/tessera/values.yaml',
    'test/unit/helm/dockerfile.test.ts',
  ]) {
    assert.ok(isIgnored(ignoreFile, left), left);
  }
  for (const kept of ['packages/core/src/index.ts', 'models/emoji/unet/model.onnx', '.npmrc', 'test/package.json']) {
    assert.equal(isIgnored(ignoreFile, kept), false, kept);
  }
});
