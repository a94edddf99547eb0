import { setMaxListeners } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLogger,
  followCertificates,
  type PeerRole,
  type Peers,
  peerName,
  STAGE_SERVICES,
  type WorkerStage,
} from '@tessera/runtime';
import { type KeyedTenant, keyedTenant, writeKeyFile } from './api-keys.js';
import { CertificateAuthority } from './certificate-authority.js';
import { type GatewayProcess, startGateway } from './gateway-process.js';
import { healthClient } from './health-client.js';
import { type NatsUser, natsUser, securedNats } from './nats-security.js';
import { anyNatsProgram, NatsServer } from './nats-server.js';
import { startWorker, type WorkerProcess } from './worker-process.js';

export const DOMAIN = 'tessera.internal';
const PUBLIC_NAMES = ['DNS:images.example.com', 'IP:127.0.0.1'];
const NATS_NAMES = ['DNS:localhost', 'IP:127.0.0.1'];
const STAGES = ['text-encoder', 'denoiser', 'denoiser', 'decoder'] as const;

/** Real processes that speak TLS on every port but health, with NATS between gateway and store. */
export class SecureCluster implements AsyncDisposable {
  readonly tenants: readonly [KeyedTenant, KeyedTenant] = [keyedTenant('alice'), keyedTenant('bob')];
  readonly natsUser: NatsUser = natsUser();
  readonly folder: string;
  /** Signs what the processes begin with. */
  readonly authority: CertificateAuthority;
  /** Follows it. */
  readonly nextAuthority: CertificateAuthority;
  readonly workers: WorkerProcess[] = [];
  readonly #following = new AbortController();
  #nats: NatsServer | undefined;
  #gateway: GatewayProcess | undefined;

  private constructor(folder: string, authority: CertificateAuthority, nextAuthority: CertificateAuthority) {
    this.folder = folder;
    this.authority = authority;
    this.nextAuthority = nextAuthority;
    setMaxListeners(0, this.#following.signal);
  }

  static async start(): Promise<SecureCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-secure-'));
    const authorities = await Promise.all([CertificateAuthority.create(), CertificateAuthority.create()]);
    const cluster = new SecureCluster(folder, ...authorities);
    try {
      await cluster.#start();
      return cluster;
    } catch (thrown) {
      await cluster[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  get gateway(): GatewayProcess {
    if (this.#gateway === undefined) throw new Error('there is no gateway yet');
    return this.#gateway;
  }

  get nats(): NatsServer {
    if (this.#nats === undefined) throw new Error('there is no NATS yet');
    return this.#nats;
  }

  /** What clients and processes trust, in one file that may be replaced. */
  get caFile(): string {
    return join(this.folder, 'ca.crt');
  }

  /** Whoever is trusted from now on. */
  async trust(...authorities: readonly CertificateAuthority[]): Promise<void> {
    const pem = await Promise.all(authorities.map(({ certificateFile }) => readFile(certificateFile)));
    await writeFile(`${this.caFile}.new`, Buffer.concat(pem));
    await rename(`${this.caFile}.new`, this.caFile);
  }

  /** Certificates of all processes and of the public port, in place of those there are. */
  async certify(by: CertificateAuthority): Promise<void> {
    for (const role of ['gateway', 'text-encoder', 'denoiser', 'decoder'] as const) {
      await by.issue([`DNS:${peerName(role, DOMAIN)}`], this.#files(role));
    }
    await by.issue(PUBLIC_NAMES, this.#files('public'));
  }

  /** A peer of the cluster as `by` would make one. */
  async peer(
    role: PeerRole,
    by: CertificateAuthority = this.authority,
    names = [`DNS:${peerName(role, DOMAIN)}`],
  ): Promise<Peers> {
    const files = { ...(await by.issue(names)), ca: this.caFile };
    const certificates = followCertificates(files, createLogger('test', 'silent'), this.#following.signal);
    return { certificates, domain: DOMAIN };
  }

  /** @param listen `host:port` where it was before, or port 0. */
  async startWorker(stage: WorkerStage, listen = '127.0.0.1:0'): Promise<WorkerProcess> {
    const listeners = ['--listen', listen, '--health-listen', '127.0.0.1:0', '--metrics-listen', '127.0.0.1:0'];
    return startWorker(stage, { args: [...listeners, ...this.#peerArgs(stage)] });
  }

  async #start(): Promise<void> {
    const program = anyNatsProgram();
    if (program === undefined) throw new Error('no nats-server');
    await this.trust(this.authority);
    await this.certify(this.authority);
    const natsFiles = await this.authority.issue(NATS_NAMES);
    this.#nats = await NatsServer.start(program, { config: securedNats(natsFiles, [this.natsUser]) });
    await writeFile(join(this.folder, 'nats.nk'), this.natsUser.seed);
    await writeKeyFile(join(this.folder, 'keys.yaml'), this.tenants);
    for (const stage of STAGES) this.workers.push(await this.startWorker(stage));
    const at = (stage: WorkerStage) =>
      this.workers.filter(({ told }) => told.stage === stage).map(({ address }) => address);
    this.#gateway = await startGateway(
      { textEncoders: at('text-encoder'), denoisers: at('denoiser'), decoders: at('decoder') },
      [
        ...this.#peerArgs('gateway'),
        ...['--tls-cert', this.#files('public').certificate, '--tls-key', this.#files('public').key],
        ...['--api-keys', join(this.folder, 'keys.yaml'), '--metrics-listen', '127.0.0.1:0', '--home', this.folder],
        ...['--nats', `tls://localhost:${this.nats.port}`, '--nats-credentials', join(this.folder, 'nats.nk')],
        ...['--nats-ca', this.authority.certificateFile],
      ],
    );
    await this.#gateway.ready;
    // A gateway is ready with one worker of each stage.
    await Promise.all(this.workers.map(serving));
  }

  #files(of: string) {
    return { certificate: join(this.folder, `${of}.crt`), key: join(this.folder, `${of}.key`), ca: this.caFile };
  }

  #peerArgs(role: PeerRole): readonly string[] {
    const { certificate, key, ca } = this.#files(role);
    return ['--peer-cert', certificate, '--peer-key', key, '--peer-ca', ca];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#following.abort();
    await this.#gateway?.[Symbol.asyncDispose]();
    for (const worker of this.workers) await worker[Symbol.asyncDispose]();
    await this.#nats?.[Symbol.asyncDispose]();
    await this.authority[Symbol.asyncDispose]();
    await this.nextAuthority[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Resolves once a worker's stage serves. */
async function serving({ told }: WorkerProcess): Promise<void> {
  const prober = healthClient(String(told.health));
  try {
    for await (const status of prober.watch(STAGE_SERVICES[told.stage as WorkerStage].name)) {
      if (status === 'SERVING') return;
    }
  } finally {
    prober.close();
  }
}
