// Writes proto/src/generated from proto/**/*.proto; with --check, fails when
// what is committed differs from what would be written.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const committed = join(root, 'proto/src/generated');
const check = process.argv.includes('--check');
const outDir = check ? mkdtempSync(join(tmpdir(), 'tessera-proto-')) : committed;

function filesUnder(folder, suffix) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(suffix))
    .sort();
}

const protos = [
  ...filesUnder(join(root, 'proto/tessera'), '.proto').map((name) => `tessera/${name}`),
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
];

if (!check) rmSync(committed, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [
    join(root, 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js'),
    '--grpcLib=@grpc/grpc-js',
    '--longs=String',
    '--enums=String',
    '--bytes=Buffer',
    '--defaults',
    '--oneofs',
    '--targetFileExtension=.ts',
    '--importFileExtension=.js',
    `--includeDirs=${join(root, 'proto')}`,
    `--outDir=${outDir}`,
    ...protos,
  ],
  { cwd: join(root, 'proto'), stdio: ['ignore', 'ignore', 'inherit'] },
);

// The generator names its sources by absolute path.
for (const name of filesUnder(outDir, '.ts')) {
  const file = join(outDir, name);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`${root}/`, ''));
}

if (check) {
  try {
    const differing = difference(outDir, committed);
    if (differing.length > 0) {
      console.error(`proto/src/generated is stale (npm run proto): ${differing.join(', ')}`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

function difference(left, right) {
  const names = new Set([...filesUnder(left, '.ts'), ...filesUnder(right, '.ts')]);
  const read = (folder, name) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  return [...names].filter((name) => read(left, name) !== read(right, name)).map((name) => relative('.', name));
}
