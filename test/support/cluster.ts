import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repoRoot } from './paths.js';

/** The `tessera` command as a user starts it. */
export const TESSERA = join(repoRoot, 'packages/cli/bin/tessera.js');

/** A whole cluster of real processes, started by `tessera up` on free ports. */
export interface Cluster {
  /** host:port of the first gateway. */
  readonly address: string;
  readonly addresses: readonly string[];
  readonly gateways: readonly { readonly id: string; readonly pid: number; readonly address: string }[];
  /** The nats-server that was started with it. */
  readonly nats?: { readonly url: string; readonly pid: number };
  readonly workers: readonly {
    readonly id: string;
    readonly stage: string;
    readonly pid: number;
    readonly address: string;
  }[];
  /** host:port of metrics by the name of the process, of a cluster that was told `--metrics-listen`. */
  readonly metrics: Readonly<Record<string, string>>;
  readonly process: ChildProcess;
  /** SIGTERM, then waits for the end; resolves with the exit code. */
  stop(): Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @throws Error with what the cluster said on stderr, when it ends before it is ready. */
export async function startCluster(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Cluster> {
  const child = spawn(process.execPath, [TESSERA, 'up', '--json', '--port', '0', ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-20_000);
  });
  const ended = once(child, 'exit');
  const ready = await Promise.race([firstReadyLine(child), ended.then(() => undefined)]);
  if (ready === undefined) throw new Error(`tessera up ended with ${child.exitCode}: ${said}`);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await ended;
    }
    return child.exitCode;
  };
  const [address] = ready.addresses;
  if (address === undefined) throw new Error('tessera up told no address');
  return {
    address,
    addresses: ready.addresses,
    gateways: ready.gateways,
    ...(ready.nats && { nats: ready.nats }),
    workers: ready.workers,
    metrics: ready.metrics ?? {},
    process: child,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

interface ReadyLine {
  readonly ready: true;
  readonly addresses: readonly string[];
  readonly gateways: Cluster['gateways'];
  readonly workers: Cluster['workers'];
  readonly nats?: { readonly url: string; readonly pid: number };
  readonly metrics?: Readonly<Record<string, string>>;
}

async function firstReadyLine(child: ChildProcess): Promise<ReadyLine | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed = JSON.parse(line);
    if (parsed.ready === true) {
      child.stdout.resume();
      return parsed;
    }
  }
  return undefined;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout's lines as JSON, for commands run with `--json`. */
  readonly events: readonly JsonEvent[];
}

export interface JsonEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Called with every line of stdout as it comes; may kill the process. */
  readonly onLine?: (line: string, child: ChildProcess) => void;
}

/** Runs one `tessera` command to its end. */
export async function runTessera(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const child = spawn(process.execPath, [TESSERA, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    options.onLine?.(line, child);
  });
  await Promise.all([once(child, 'close'), once(reader, 'close')]);
  const events = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as JsonEvent);
  return { code: child.exitCode, stdout: lines.join('\n'), stderr, events };
}

/** Evaluations that the denoisers of a cluster have started, by worker id, as the workers count them. */
export async function evaluationsStarted(address: string): Promise<ReadonlyMap<string, number>> {
  const { events, stderr } = await runTessera(['status', '--json', '--address', address]);
  const [status] = events;
  if (status === undefined) throw new Error(`no status: ${stderr}`);
  const workers = status.workers as readonly { id: string; stage: string; evaluations_started: number }[];
  return new Map(
    workers.filter(({ stage }) => stage === 'denoiser').map((worker) => [worker.id, worker.evaluations_started]),
  );
}
