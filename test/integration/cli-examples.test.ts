import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { readImageWithReceipt } from '@tessera/cli';
import { type Cluster, startCluster } from '../support/cluster.js';
import { repoRoot } from '../support/paths.js';

const run = promisify(execFile);
const EXAMPLE_LIMIT_MS = 60_000;
/** Of wheels from a registry. */
const INSTALL_LIMIT_MS = 180_000;

let folder = '';
let cluster: Cluster;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-examples-'));
  cluster = await startCluster();
});
after(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

async function example(command: string, args: readonly string[], path = process.env.PATH): Promise<string> {
  const env = { ...process.env, PATH: path, TESSERA_ADDRESS: cluster.address };
  const { stdout } = await run(command, args, { cwd: folder, env, timeout: EXAMPLE_LIMIT_MS });
  return stdout;
}

const exampleFile = (path: string) => join(repoRoot, 'examples', path);

async function assertImage(file: string, stdout: string): Promise<void> {
  const { receipt } = await readImageWithReceipt(join(folder, file));
  assert.equal(receipt.prompt, 'a rocket');
  assert.ok(stdout.includes(`wrote ${file}, pixels ${receipt.imageSha256}`), stdout);
}

test('node/generate.mjs', async () => {
  const stdout = await example(process.execPath, [exampleFile('node/generate.mjs'), 'a rocket', 'node.png']);
  await assertImage('node.png', stdout);
  assert.match(stdout, /preview of \d+ bytes after step 5\n/);
});

test('node/cancel.mjs', async () => {
  const stdout = await example(process.execPath, [exampleFile('node/cancel.mjs')]);
  assert.match(stdout, /^cancelled after ([5-9]|1\d) steps\n$/);
});

test('node/reconnect.mjs', async () => {
  const stdout = await example(process.execPath, [exampleFile('node/reconnect.mjs')]);
  assert.match(stdout, /^left after step 5\n/);
  assert.match(stdout, /completed, pixels [0-9a-f]{64}\n$/);
  const steps = [...stdout.matchAll(/^step (\d+)\//gm)].map(([, step]) => Number(step));
  assert.ok(
    steps.every((step, index) => step > (steps[index - 1] ?? 5)),
    stdout,
  );
});

test('grpc-js/generate.mjs', async () => {
  const stdout = await example(process.execPath, [exampleFile('grpc-js/generate.mjs'), 'a rocket', 'plain.png']);
  await assertImage('plain.png', stdout);
});

test('python/generate.py', async (t) => {
  const python = await pythonWithGrpc(t);
  if (python === undefined) return;
  const stdout = await example(python, [exampleFile('python/generate.py'), 'a rocket', 'python.png']);
  await assertImage('python.png', stdout);
});

test('grpcurl/generate.sh', async (t) => {
  const path = [process.env.PATH, process.env.GOBIN, join(homedir(), 'go/bin')].filter(Boolean).join(delimiter);
  const found = path.split(delimiter).some((place) => existsSync(join(place, 'grpcurl')));
  if (!found) return skipLoudly(t, 'no grpcurl: go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest');
  const stdout = await example('bash', [exampleFile('grpcurl/generate.sh'), 'a rocket', 'curl.png'], path);
  await assertImage('curl.png', stdout);
  assert.match(stdout, /"name": "emoji"/);
});

/** A Python that has grpcio; installed into a folder of its own when there is a Python and a registry. */
async function pythonWithGrpc(t: TestContext): Promise<string | undefined> {
  const venv = join(repoRoot, 'node_modules/.cache/tessera-python');
  const own = join(venv, 'bin/python');
  for (const python of ['python3', own]) {
    const works = await run(python, ['-c', 'import grpc_tools']).then(
      () => true,
      () => false,
    );
    if (works) return python;
  }
  try {
    await run('python3', ['-m', 'venv', venv], { timeout: INSTALL_LIMIT_MS });
    const requirements = exampleFile('python/requirements.txt');
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
    await run(own, [...install, '-r', requirements], { timeout: INSTALL_LIMIT_MS });
    return own;
  } catch (thrown) {
    await rm(venv, { recursive: true, force: true });
    skipLoudly(t, `no Python with grpcio, and none could be made: ${(thrown as Error).message.split('\n').at(-1)}`);
    return undefined;
  }
}

function skipLoudly(t: TestContext, why: string): void {
  console.error(`NOT TESTED: examples/${t.name}: ${why}`);
  t.skip(why);
}

test('the receipt of every example is the same image: one seed, whatever the language', async () => {
  const made = ['node.png', 'plain.png', 'python.png', 'curl.png'].filter((file) => existsSync(join(folder, file)));
  const hashes = await Promise.all(
    made.map(async (file) => (await readImageWithReceipt(join(folder, file))).receipt.imageSha256),
  );
  assert.ok(made.length >= 2);
  assert.equal(new Set(hashes).size, 1);
});
