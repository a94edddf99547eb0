import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type GenerationServiceClient, tesseraV1 } from '@tessera/proto';
import { connectChannel } from '@tessera/runtime';
import { repoRoot } from './paths.js';

/** A real gateway process. */
export interface GatewayProcess {
  /** host:port of the public API. */
  readonly address: string;
  /** host:port of plaintext health alone. */
  readonly healthAddress: string;
  /** host:port of metrics; there are none unless `--metrics-listen` is among the arguments. */
  readonly metricsAddress: string | undefined;
  readonly process: ChildProcess;
  readonly client: GenerationServiceClient;
  /** Resolves with the line that says so. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  /** Resolves with the exit code once the process has ended. */
  readonly ended: Promise<number | null>;
  /** Everything on stderr so far. */
  said(): string;
  [Symbol.asyncDispose](): Promise<void>;
}

export const GATEWAY_SCRIPT = join(repoRoot, 'gateway/dist/main.js');

export interface GatewayWorkers {
  readonly textEncoders: readonly string[];
  readonly denoisers: readonly string[];
  readonly decoders: readonly string[];
}

/**
 * @param script of the program; the gateway's own when not given.
 * @throws Error with what the gateway said, when it ends before it listens.
 */
export async function startGateway(
  workers: GatewayWorkers,
  args: readonly string[] = [],
  script = GATEWAY_SCRIPT,
  env: NodeJS.ProcessEnv = {},
): Promise<GatewayProcess> {
  const addresses = [
    ...['--text-encoders', workers.textEncoders.join(',')],
    ...['--denoisers', workers.denoisers.join(',')],
    ...['--decoders', workers.decoders.join(',')],
  ];
  const metricsListen = args.includes('--metrics-listen') ? [] : ['--metrics-listen', 'off'];
  const listeners = ['--listen', '127.0.0.1:0', '--health-listen', '127.0.0.1:0', ...metricsListen];
  const child = spawn(process.execPath, [script, ...listeners, ...addresses, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const ended = once(child, 'close').then(() => child.exitCode);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the gateway ended: ${text}`);
    return JSON.parse(value);
  };
  const { listening, health, metrics } = await nextLine();
  const ready = nextLine();
  ready.catch(() => {});
  const channel = connectChannel(listening);
  return {
    address: listening,
    healthAddress: health,
    metricsAddress: metrics,
    process: child,
    client: channel.client(tesseraV1.GenerationService),
    ready,
    ended,
    said: () => text,
    async [Symbol.asyncDispose]() {
      channel.close();
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
