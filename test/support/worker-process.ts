import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Metadata } from '@grpc/grpc-js';
import { callStream, callUnary, type DescribeResponse__Output, tesseraV1 } from '@tessera/proto';
import { connectChannel, type ServiceChannel, type WorkerStage } from '@tessera/runtime';
import { repoRoot } from './paths.js';

/** A real worker process and a connection to it. */
export interface WorkerProcess {
  readonly address: string;
  /** The line that it printed when it began to listen. */
  readonly told: Readonly<Record<string, unknown>>;
  readonly process: ChildProcess;
  readonly channel: ServiceChannel;
  describe(): Promise<DescribeResponse__Output>;
  /** Resolves at the first beat that says so. */
  ready(): Promise<void>;
  /** Everything on stderr so far. */
  said(): string;
  /** Resolves with the exit code once the process has ended. */
  readonly ended: Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface WorkerStart {
  readonly model?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** The program; the stage's own when not given. */
  readonly script?: string;
}

export async function startWorker(
  stage: WorkerStage,
  {
    model = join(repoRoot, 'models/emoji'),
    args = [],
    env = {},
    script = join(repoRoot, 'services', stage, 'dist/main.js'),
  }: WorkerStart = {},
): Promise<WorkerProcess> {
  const device = args.includes('--device') ? [] : ['--device', 'cpu'];
  const threads = args.includes('--threads') ? [] : ['--threads', '1'];
  const flags = ['--model', model, ...device, ...threads, ...args];
  const child = spawn(process.execPath, [script, ...flags], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const ended = once(child, 'close').then(() => child.exitCode);
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line') as Promise<[string]>,
    ended.then((code) => Promise.reject(new Error(`the worker ended with ${code}: ${text}`))),
  ]);
  const told = JSON.parse(line);
  const channel = connectChannel(told.listening);
  const client = channel.client(tesseraV1.WorkerService);
  return {
    address: told.listening,
    told,
    process: child,
    channel,
    describe: () => callUnary(client.describe.bind(client), {}, new Metadata(), {}),
    async ready() {
      for await (const { state } of callStream(client.watch({}))) if (state === 'WORKER_STATE_READY') return;
    },
    said: () => text,
    ended,
    async [Symbol.asyncDispose]() {
      channel.close();
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
