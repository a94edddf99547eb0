import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { readImageWithReceipt } from '@tessera/cli';
import sharp from 'sharp';
import { type Cluster, type CommandResult, runTessera, startCluster, TESSERA } from '../support/cluster.js';

const STEPS = 4;
const PROMPT = 'a red apple';

let folder = '';
let cluster: Cluster;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-generate-'));
  cluster = await startCluster();
});
after(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

const generate = (...args: readonly string[]): Promise<CommandResult> =>
  runTessera(['generate', PROMPT, '--steps', String(STEPS), '--address', cluster.address, ...args], { cwd: folder });

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('a PNG named for its seed, its path alone on stdout, its receipt inside', async () => {
  const { code, stdout, stderr } = await generate('--seed', '7');
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'tessera-7.png');
  assert.equal(stderr, '', 'quiet without a terminal');
  const { receipt, pixels } = await readImageWithReceipt(join(folder, 'tessera-7.png'));
  assert.equal(receipt.prompt, PROMPT);
  assert.equal(receipt.seed, '7');
  assert.equal(receipt.timesteps.length, STEPS);
  assert.equal(receipt.imageSha256, sha256(pixels.data));
  assert.match(receipt.latentSha256, /^[0-9a-f]{64}$/);
  assert.match(receipt.modelSha256, /^[0-9a-f]{64}$/);
  assert.ok(receipt.numericClass.length > 0);
  assert.ok(receipt.timings.length > 0);
});

test('--preview-dir keeps previews without a terminal too', async () => {
  const { code, stderr } = await generate('--seed', '10', '--preview-dir', 'kept');
  assert.equal(code, 0, stderr);
  // Newer previews may take the place of older ones, the last never.
  assert.ok((await readdir(join(folder, 'kept'))).includes(`preview-0-${String(STEPS - 1).padStart(4, '0')}.png`));
});

test('a file is not overwritten without --force, and nothing is asked of the cluster for it', async () => {
  await generate('--seed', '8');
  const [{ mtimeMs }, listed] = [await stat(join(folder, 'tessera-8.png')), await generations()];
  const refused = await generate('--seed', '8');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /tessera-8\.png exists; --force overwrites it/);
  assert.equal((await stat(join(folder, 'tessera-8.png'))).mtimeMs, mtimeMs);
  assert.equal(await generations(), listed);
  assert.equal((await generate('--seed', '8', '--force')).code, 0);
});

async function generations(): Promise<number> {
  return (await runTessera(['ps', '--json', '--address', cluster.address])).events.length;
}

test('--json: every event a line, in order, previews and image as files with path and sha256', async () => {
  const args = ['--seed', '9', '--json', '--preview-dir', 'previews', '--output', 'nine.png'];
  const { code, events, stderr } = await generate(...args);
  assert.equal(code, 0, stderr);
  const durable = events.filter(({ type }) => !['queued', 'progress', 'preview'].includes(type));
  assert.deepEqual(
    durable.map(({ type, sequence }) => [type, sequence]),
    [
      ['accepted', 1],
      ['started', 2],
      ['completed', 3],
    ],
  );
  for (const event of events) assert.ok(Number.isInteger(event.time) && typeof event.generation_id === 'string');
  const times = events.map(({ time }) => Number(time));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );

  const previews = events.filter(({ type }) => type === 'preview');
  assert.equal(previews.length + Number(previews.at(-1)?.superseded), STEPS);
  for (const { image } of previews) await assertFile(image);
  assert.equal((await readdir(join(folder, 'previews'))).length, previews.length);

  const completed = durable.at(-1);
  const { path } = await assertFile(completed?.image);
  assert.equal(path, 'nine.png');
  const receipt = completed?.receipt as Record<string, unknown>;
  const { data } = await sharp(join(folder, path)).raw().toBuffer({ resolveWithObject: true });
  assert.equal(receipt.image_sha256, sha256(data));
  assert.equal(receipt.seed, 9);
});

async function assertFile(image: unknown): Promise<{ path: string }> {
  const { path, sha256: told, size_bytes: size } = image as { path: string; sha256: string; size_bytes: number };
  const bytes = await readFile(join(folder, path));
  assert.equal(bytes.length, size);
  assert.equal(sha256(bytes), told);
  return { path };
}

test('several images are named for seed, seed + 1 …', async () => {
  const { code, stdout, stderr } = await generate('--seed', '20', '--count', '2');
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'tessera-20.png\ntessera-21.png');
  const { pixels } = await readImageWithReceipt(join(folder, 'tessera-21.png'));
  await generate('--seed', '21', '--output', 'alone.png');
  assert.deepEqual((await readImageWithReceipt(join(folder, 'alone.png'))).pixels.data, pixels.data);
});

test('--output - is the image on stdout and nothing else', async () => {
  const args = [TESSERA, 'generate', PROMPT, '--steps', String(STEPS), '--seed', '7', '--output', '-'];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '--address', cluster.address], {
    encoding: 'buffer',
    maxBuffer: 1 << 24,
  });
  const { data } = await sharp(stdout).raw().toBuffer({ resolveWithObject: true });
  const { pixels } = await readImageWithReceipt(join(folder, 'tessera-7.png'));
  assert.equal(sha256(data), sha256(pixels.data));
  const end = stdout.lastIndexOf('IEND');
  assert.equal(stdout.length, end + 8, 'nothing comes after the image');
});

test('the name of the output decides the format', async () => {
  assert.equal((await generate('--seed', '7', '--output', 'apple.webp')).code, 0);
  assert.equal((await sharp(join(folder, 'apple.webp')).metadata()).format, 'webp');
});

test('bad input ends with 2 and names what is wrong, an absent cluster with 3', async () => {
  const cases: readonly (readonly [named: RegExp, args: readonly string[]])[] = [
    [/steps/, ['--steps', '0']],
    [/width/, ['--width', '7']],
    [/guidance_scale/, ['--guidance', 'nan']],
    [/scheduler/, ['--scheduler', 'none-such']],
    [/seed/, ['--seed', '-1']],
    [/steps/, ['--steps', '1.5']],
    [/stepz/, ['--stepz', '4']],
    [/--steps/, ['--steps', 'many']],
    [/no\/such\/folder/, ['--output', 'no/such/folder/x.png']],
  ];
  for (const [named, args] of cases) {
    const { code, stderr, stdout } = await generate(...args);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, named);
    assert.equal(stdout, '');
  }
  const absent = await runTessera(['generate', PROMPT, '--address', '127.0.0.1:1'], { cwd: folder });
  assert.equal(absent.code, 3);
  assert.match(absent.stderr, /no cluster serves at 127\.0\.0\.1:1/);
});

test('--detach prints the id and leaves; watch brings the image, cancel, ps and rm know the id', async () => {
  const detached = await generate('--seed', '30', '--detach');
  assert.equal(detached.code, 0, detached.stderr);
  const id = detached.stdout;
  const address = ['--address', cluster.address];
  const watched = await runTessera(['watch', id, ...address], { cwd: folder });
  assert.equal(watched.code, 0, watched.stderr);
  assert.equal(watched.stdout, 'tessera-30.png');
  await readImageWithReceipt(join(folder, 'tessera-30.png'));

  const later = await runTessera(['watch', id, '--after-sequence', '2', '--json', ...address], { cwd: folder });
  assert.deepEqual(
    later.events.map(({ type }) => type),
    ['completed'],
  );
  assert.equal((await runTessera(['cancel', id, ...address])).stdout, 'completed');
  assert.match((await runTessera(['ps', ...address])).stdout, new RegExp(`^${id} +completed`, 'm'));
  assert.equal((await runTessera(['rm', id, ...address])).code, 0);
  const gone = await runTessera(['watch', id, ...address]);
  assert.equal(gone.code, 2);
  assert.match(gone.stderr, /there is no generation/);
});

test('verify replays the receipt and says identical, or where it differs', async () => {
  await generate('--seed', '40', '--output', 'verify.png');
  const address = ['--address', cluster.address];
  const same = await runTessera(['verify', 'verify.png', ...address], { cwd: folder });
  assert.equal(same.code, 0, same.stderr);
  assert.equal(same.stdout, 'identical');

  await changeOnePixel(join(folder, 'verify.png'), join(folder, 'changed.png'));
  const changed = await runTessera(['verify', 'changed.png', '--json', ...address], { cwd: folder });
  assert.equal(changed.code, 1);
  const [report] = changed.events as unknown as Record<string, unknown>[];
  assert.equal(report?.identical, false);
  assert.equal(report?.file_matches_receipt, false);
  assert.equal(report?.different_pixels, 1);
  assert.deepEqual(report?.differences, []);

  const none = await runTessera(['verify', 'apple.webp', ...address], { cwd: folder });
  assert.equal(none.code, 2);
});

/** The receipt stays; the pixels are encoded anew with one of them inverted. */
async function changeOnePixel(from: string, to: string): Promise<void> {
  const original = await readFile(from);
  const { data, info } = await sharp(original).raw().toBuffer({ resolveWithObject: true });
  data.writeUInt8(255 - data.readUInt8(0), 0);
  const encoded = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .png()
    .toBuffer();
  const receiptPart = partOf(original, 'tEXt', 'tessera') ?? partOf(original, 'iTXt', 'tessera');
  assert.ok(receiptPart);
  const AFTER_IHDR = 33;
  await writeFile(to, Buffer.concat([encoded.subarray(0, AFTER_IHDR), receiptPart, encoded.subarray(AFTER_IHDR)]));
}

function partOf(png: Buffer, type: string, keyword: string): Buffer | undefined {
  for (let at = 8; at + 12 <= png.length; at += png.readUInt32BE(at) + 12) {
    const end = at + png.readUInt32BE(at) + 12;
    const named = png.toString('latin1', at + 4, at + 8) === type;
    if (named && png.toString('latin1', at + 8, at + 8 + keyword.length) === keyword) return png.subarray(at, end);
  }
  return undefined;
}
