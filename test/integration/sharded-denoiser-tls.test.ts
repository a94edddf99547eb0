import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { callUnary, type DescribeResponse__Output, tesseraV1 } from '@tessera/proto';
import {
  type CertificateFiles,
  connectPeer,
  createLogger,
  followCertificates,
  type PeerRole,
  peerName,
  type WorkerStage,
} from '@tessera/runtime';
import { CertificateAuthority } from '../support/certificate-authority.js';
import { runTessera } from '../support/cluster.js';
import { PART_SCRIPT } from '../support/denoiser-in-parts.js';
import { startGateway } from '../support/gateway-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startWorker, type WorkerProcess } from '../support/worker-process.js';

const DOMAIN = 'tessera.internal';
const ROLES = ['gateway', 'text-encoder', 'denoiser', 'denoiser-part', 'decoder'] as const;
const GENERATE = ['generate', 'a red apple', '--steps', '4', '--seed', '7', '--json', '--force'];

test('a denoiser in parts whose processes speak TLS gives the pixels of a whole one, and its parts refuse others', async (t) => {
  using folder = temporaryFolder();
  const env = { TESSERA_HOME: folder.path };
  await using authority = await CertificateAuthority.create();
  const files = new Map<PeerRole, CertificateFiles>();
  for (const role of ROLES) files.set(role, await authority.issue([`DNS:${peerName(role, DOMAIN)}`]));
  const peerArgs = (role: PeerRole) => {
    const { certificate, key, ca } = files.get(role) as CertificateFiles;
    return ['--peer-cert', certificate, '--peer-key', key, '--peer-ca', ca ?? '', '--peer-domain', DOMAIN];
  };
  const started: AsyncDisposable[] = [];
  const following = new AbortController();
  t.after(async () => {
    following.abort();
    for (const each of started.reverse()) await each[Symbol.asyncDispose]();
  });
  const worker = async (stage: WorkerStage, args: readonly string[] = [], script?: string): Promise<WorkerProcess> => {
    const own = [...args, ...peerArgs(stage), '--health-listen', '127.0.0.1:0'];
    const process = await startWorker(stage, { args: own, env, ...(script !== undefined && { script }) });
    started.push(process);
    return process;
  };
  const part = (at: string) => worker('denoiser-part', ['--denoiser-part', at], PART_SCRIPT);
  const [encoder, decoder, second, third] = await Promise.all([
    worker('text-encoder'),
    worker('decoder'),
    part('2/3'),
    part('3/3'),
  ]);
  const parts = [second, third].flatMap(({ address }) => ['--denoiser-parts', address]);
  const denoiser = await worker('denoiser', parts);
  const gateway = await startGateway(
    { textEncoders: [encoder.address], denoisers: [denoiser.address], decoders: [decoder.address] },
    [...peerArgs('gateway'), '--home', folder.path],
  );
  started.push(gateway);
  await gateway.ready;

  const sharded = await imageOf(folder.path, env, ['--address', gateway.address]);
  assert.match(sharded.numericClass, /-3parts-/);
  const whole = await imageOf(folder.path, env, ['--ephemeral']);
  assert.equal(sharded.sha256, whole.sha256);

  const describedTo = async (role: PeerRole): Promise<string> => {
    const log = createLogger('test', 'silent');
    const certificates = followCertificates(files.get(role) as CertificateFiles, log, following.signal);
    const channel = connectPeer(second.address, 'denoiser-part', { certificates, domain: DOMAIN });
    const client = channel.client(tesseraV1.WorkerService);
    try {
      const described: DescribeResponse__Output = await callUnary(client.describe.bind(client), {}, new Metadata(), {});
      return described.stage;
    } finally {
      channel.close();
    }
  };
  assert.equal(await describedTo('denoiser'), 'STAGE_DENOISER_PART');
  for (const role of ['text-encoder', 'decoder', 'denoiser-part'] as const) {
    await assert.rejects(describedTo(role), /the certificate is not for gateway\.\S+ or denoiser\./);
  }
});

async function imageOf(cwd: string, env: NodeJS.ProcessEnv, where: readonly string[]) {
  const output = ['--output', join(cwd, 'image.png')];
  const { events, stderr } = await runTessera([...GENERATE, ...output, ...where], { cwd, env });
  const last = events.at(-1);
  assert.ok(last?.type === 'completed', stderr);
  const receipt = last.receipt as { readonly image_sha256: string; readonly numeric_class: string };
  return { sha256: receipt.image_sha256, numericClass: receipt.numeric_class };
}
