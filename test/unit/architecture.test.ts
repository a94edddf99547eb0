import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../support/paths.js';

/**
 * Who may import whom: the table of docs/architecture.md. A row lists every
 * Tessera package that the row's sources may name, and the only third-party
 * packages for which it is the home.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'packages/core': [],
  proto: ['core'],
  'packages/onnx': ['core'],
  'packages/models': ['core'],
  'packages/runtime': ['core', 'proto'],
  'packages/client': ['core', 'proto'],
  'packages/cli': ['core', 'proto', 'client', 'models', 'runtime'],
  'services/text-encoder': ['core', 'proto', 'models', 'onnx', 'runtime'],
  'services/denoiser': ['core', 'proto', 'models', 'onnx', 'runtime'],
  'services/decoder': ['core', 'proto', 'models', 'onnx', 'runtime'],
  gateway: ['core', 'proto', 'runtime'],
  loadtests: ['core', 'proto', 'runtime'],
};

const ONLY_IMPORTER: Record<string, string> = {
  'onnxruntime-node': 'packages/onnx',
  nats: 'packages/runtime',
  '@grpc/proto-loader': 'proto',
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** Static imports and re-exports, and `import()` of a literal. */
const IMPORT = /^(?:import\s*|(?:import|export)\b[^;'"]*?\bfrom\s*)'([^']+)'|\bimport\('([^']+)'\)/gm;

function importsOf(folder: string): Import[] {
  const sources = join(repoRoot, folder, 'src');
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('generated'))
    .flatMap((name) => {
      const text = readFileSync(join(sources, name), 'utf8');
      return [...text.matchAll(IMPORT)].map((match) => ({
        file: join(folder, 'src', name),
        specifier: match[1] ?? match[2] ?? '',
      }));
    });
}

const describe = (violations: readonly Import[]) =>
  violations.map(({ file, specifier }) => `${file} imports ${specifier}`).join('\n');

for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
  test(`${folder} imports only ${allowed.join(', ') || 'itself'}`, () => {
    const names = new Set(allowed.map((name) => `@tessera/${name}`));
    const violations = importsOf(folder).filter(
      ({ specifier }) => specifier.startsWith('@tessera/') && !names.has(specifier),
    );
    assert.equal(describe(violations), '');
  });
}

test('core knows no host: no package, no node: module, no clock, no global randomness', () => {
  const outside = importsOf('packages/core').filter(({ specifier }) => !specifier.startsWith('.'));
  assert.equal(describe(outside), '');
  const sources = join(repoRoot, 'packages/core/src');
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(join(sources, name), 'utf8');
    assert.doesNotMatch(text, /Math\.random|Date\.now|new Date\b|performance\./, name);
  }
  const { dependencies } = JSON.parse(readFileSync(join(repoRoot, 'packages/core/package.json'), 'utf8'));
  assert.equal(dependencies, undefined);
});

test('a library that one package wraps is imported by that package alone', () => {
  for (const [library, home] of Object.entries(ONLY_IMPORTER)) {
    for (const folder of Object.keys(MAY_IMPORT)) {
      // Types of a wrapped library may be named anywhere; generated sources are skipped above.
      const users = importsOf(folder).filter(({ specifier }) => specifier === library);
      if (folder !== home) assert.equal(describe(users), '', `${library} belongs to ${home}`);
    }
  }
});

test('every package declares what it imports, and no relative import leaves its package', () => {
  for (const folder of Object.keys(MAY_IMPORT)) {
    const manifest = JSON.parse(readFileSync(join(repoRoot, folder, 'package.json'), 'utf8'));
    const declared = new Set(Object.keys(manifest.dependencies ?? {}));
    for (const { file, specifier } of importsOf(folder)) {
      if (specifier.startsWith('.')) {
        const target = join(file, '..', specifier);
        assert.ok(target.startsWith(join(folder, 'src')), `${file} imports ${specifier}`);
      } else if (!specifier.startsWith('node:')) {
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        assert.ok(declared.has(name), `${file} imports ${name}, which ${folder}/package.json does not declare`);
      }
    }
  }
});
