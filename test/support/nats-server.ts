import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { repoRoot } from './paths.js';
import { eventually } from './processes.js';

/** The current server, built by Go where there is one; Debian's is older by years and must do too. */
const CURRENT_VERSION = 'v2.15.2';
const CURRENT = join(repoRoot, '.tools', `nats-server-${CURRENT_VERSION}`);
const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 20_000;

export interface NatsProgram {
  readonly path: string;
  /** `2.9.10` */
  readonly version: string;
}

/** Set where tests may not do without: then both servers have to be there. */
const REQUIRED = process.env.TEST_REQUIRES_NATS === '1';

/**
 * Every server that is here: one on the PATH, and the current one. Tests that
 * need one are skipped where there is none, which is said, or not allowed.
 */
export function natsPrograms(): readonly NatsProgram[] {
  const paths = [...new Set([onPath(), current()])].filter((path) => path !== undefined);
  const programs = paths.map((path) => ({ path, version: versionOf(path) }));
  if (REQUIRED && programs.length < 2) throw new Error(`TEST_REQUIRES_NATS=1, and only ${JSON.stringify(programs)}`);
  if (programs.length === 0) console.error('SKIPPED: what needs nats-server; none was found, none could be installed');
  return programs;
}

/** The one that a test takes when any will do: the newest. */
export function anyNatsProgram(): NatsProgram | undefined {
  return natsPrograms().at(-1);
}

/** Installs what is missing, where it can: Debian's by apt when this is root, the current one by Go. */
export function installNats(): void {
  if (onPath() === undefined && process.platform === 'linux' && process.getuid?.() === 0) {
    const install = () => tried('apt-get', ['install', '-y', 'nats-server']);
    if (!install() && tried('apt-get', ['update'])) install();
  }
  if (current() === undefined) {
    mkdirSync(CURRENT, { recursive: true });
    tried('go', ['install', `github.com/nats-io/nats-server/v2@${CURRENT_VERSION}`], { GOBIN: CURRENT });
  }
}

const programIn = (folder: string) => join(folder, 'nats-server');

function onPath(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map(programIn).find(existsSync);
}

function current(): string | undefined {
  return [programIn(CURRENT)].find(existsSync);
}

function tried(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  console.error(`installing nats-server: ${command} ${args.join(' ')}`);
  return spawnSync(command, args, { env: { ...process.env, ...env }, stdio: 'ignore' }).status === 0;
}

function versionOf(path: string): string {
  const said = execFileSync(path, ['--version'], { encoding: 'utf8' });
  return /v(\d+\.\d+\.\d+)/.exec(said)?.[1] ?? said.trim();
}

/** A real server on loopback with a store of its own. */
export class NatsServer implements AsyncDisposable {
  readonly program: NatsProgram;
  readonly #folder: string;
  readonly #jetstream: boolean;
  readonly #config: readonly string[];
  #child: ChildProcess | undefined;
  #port = -1;
  #monitorPort = -1;

  private constructor(program: NatsProgram, folder: string, jetstream: boolean, config: readonly string[]) {
    this.#config = config;
    this.program = program;
    this.#folder = folder;
    this.#jetstream = jetstream;
  }

  /** @param config further lines of its configuration. */
  static async start(
    program: NatsProgram,
    { jetstream = true, config = [] }: { readonly jetstream?: boolean; readonly config?: readonly string[] } = {},
  ): Promise<NatsServer> {
    const server = new NatsServer(program, await mkdtemp(join(tmpdir(), 'tessera-nats-')), jetstream, config);
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  get monitorUrl(): string {
    return `http://127.0.0.1:${this.#monitorPort}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Starts it, again on the same port and with the same store. */
  async start(): Promise<void> {
    const { path, version } = this.program;
    const syncs = Number(version.split('.')[1]) >= 10;
    const store = join(this.#folder, 'store');
    const lines = [
      `listen: "127.0.0.1:${this.#port}"`,
      `http: "127.0.0.1:${this.#monitorPort}"`,
      ...this.#config,
      ...(this.#jetstream ? [`jetstream { store_dir: "${store}"${syncs ? ', sync_interval: always' : ''} }`] : []),
    ];
    const config = join(this.#folder, 'server.conf');
    await writeFile(config, lines.join('\n'));
    const child = spawn(path, ['-c', config, '--ports_file_dir', this.#folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
    });
    const ports = join(this.#folder, `nats-server_${child.pid}.ports`);
    const up = await eventually(() => existsSync(ports) || child.exitCode !== null, START_WITHIN_MS);
    if (!up || child.exitCode !== null) {
      await this.kill();
      throw new Error(`nats-server did not start: ${said}`);
    }
    const { nats, monitoring } = JSON.parse(await readFile(ports, 'utf8'));
    this.#port = Number(new URL(nats[0]).port);
    this.#monitorPort = Number(new URL(monitoring[0]).port);
  }

  /** SIGTERM: it closes its store. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As if it had been given another disk. */
  async empty(): Promise<void> {
    await rm(join(this.#folder, 'store'), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(kill);
  }
}
