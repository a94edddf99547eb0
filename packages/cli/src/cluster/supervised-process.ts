import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ErrorCode, TesseraError } from '@tessera/core';
import { SUPERVISED_ENV } from '@tessera/runtime';
import { eachLine, LastWords, type LogLine, parsedObject } from './process-output.js';
import { RestartPolicy } from './restart-policy.js';

export interface ProcessSpec {
  /** `denoiser-1`; also the worker's id. */
  readonly name: string;
  readonly script: string;
  /** Without `--listen`. */
  readonly args: readonly string[];
  /** host:port asked for at the first start; later starts take the port that it got, here and for metrics. */
  readonly listen: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Bad input and unavailable: a new start would say the same. */
const FINAL_EXIT_CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [2, 'invalid_argument'],
  [3, 'unavailable'],
]);

/**
 * A process that is kept running. It holds the other end of a pipe on its
 * stdin and ends when the pipe closes, so it cannot outlive this process.
 */
export class SupervisedProcess {
  readonly name: string;
  /** host:port, once it listens for the first time. */
  readonly listening: Promise<string>;
  /** What it says when it is first ready. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  /** Rejects when it is given up; never resolves. */
  readonly failure: Promise<never>;
  readonly #spec: ProcessSpec;
  readonly #onLog: (line: LogLine) => void;
  readonly #policy = new RestartPolicy();
  #tellListening: (address: string) => void = () => {};
  #tellReady: (told: Readonly<Record<string, unknown>>) => void = () => {};
  #tellFailure: (error: TesseraError) => void = () => {};
  #address: string;
  #metrics: string | undefined;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(spec: ProcessSpec, onLog: (line: LogLine) => void) {
    this.name = spec.name;
    this.#spec = spec;
    this.#onLog = onLog;
    this.#address = spec.listen;
    this.listening = new Promise((resolve) => {
      this.#tellListening = resolve;
    });
    this.ready = new Promise((resolve) => {
      this.#tellReady = resolve;
    });
    this.failure = new Promise((_resolve, reject) => {
      this.#tellFailure = reject;
    });
    // Whoever is interested hears of it; nobody has to be.
    this.failure.catch(() => {});
    this.#start();
  }

  /** host:port where it tells its metrics, once it listens; `undefined` when it tells none. */
  get metrics(): string | undefined {
    return this.#metrics;
  }

  #start(): void {
    const { script, args, environment } = this.#spec;
    const same = args.map((arg, i) => (args[i - 1] === '--metrics-listen' ? (this.#metrics ?? arg) : arg));
    const child = spawn(process.execPath, [script, ...same, '--listen', this.#address], {
      env: { ...environment, [SUPERVISED_ENV]: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C in the terminal is for the supervisor, which ends its processes in order.
      detached: true,
      windowsHide: true,
    });
    const startedAt = performance.now();
    const lastWords = new LastWords();
    eachLine(child.stdout, (line) => this.#heard(line));
    eachLine(child.stderr, (line) => {
      lastWords.heard(line);
      // A native library torn down in mid-load complains; its log's own lines are told.
      if (!this.#stopping || parsedObject(line) !== undefined) this.#onLog({ process: this.name, text: line });
    });
    // A child that ends while its pipe is written or closed; its exit tells why.
    child.stdin.on('error', () => {});
    child.once('error', (error) => lastWords.heard(error.message));
    child.once('close', (code, signal) => this.#ended(code, signal, performance.now() - startedAt, lastWords.text));
    this.#child = child;
  }

  #heard(line: string): void {
    const told = parsedObject(line);
    if (typeof told?.listening === 'string') {
      this.#address = told.listening;
      this.#metrics = typeof told.metrics === 'string' ? told.metrics : undefined;
      this.#tellListening(told.listening);
    }
    if (told?.ready === true) this.#tellReady(told);
  }

  #ended(code: number | null, signal: NodeJS.Signals | null, livedMs: number, lastWords: string): void {
    this.#child = undefined;
    if (this.#stopping) return;
    const final = code === null ? undefined : FINAL_EXIT_CODES.get(code);
    if (final !== undefined) {
      this.#tellFailure(new TesseraError(final, `${this.name}: ${lastWords}`));
      return;
    }
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    const decision = this.#policy.afterEnd(livedMs);
    if (decision.type === 'give-up') {
      const message = `${this.name} ended ${decision.quickFailures} times right after its start, last with ${how}: ${lastWords}`;
      this.#tellFailure(new TesseraError('internal', message));
      return;
    }
    this.#onLog({ process: this.name, text: `ended with ${how}; starting again in ${decision.delayMs} ms` });
    this.#restart = setTimeout(() => this.#start(), decision.delayMs);
  }

  /** Closes the pipe and waits for the end; after `graceMs` the process is killed. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'close');
    child.stdin?.end();
    const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await ended;
    clearTimeout(kill);
  }
}
