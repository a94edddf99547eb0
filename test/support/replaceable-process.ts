import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ReplaceableSetup {
  readonly name: string;
  /** Of the program, in the folder of a build: `gateway/dist/main.js`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A process that ends in peace and whose place another build takes, at the same address. */
export class ReplaceableProcess implements AsyncDisposable {
  readonly name: string;
  readonly #setup: ReplaceableSetup;
  #child: ChildProcess | undefined;
  #address = '127.0.0.1:0';
  #said = '';

  constructor(setup: ReplaceableSetup) {
    this.name = setup.name;
    this.#setup = setup;
  }

  /** `host:port`, from start to start. */
  get address(): string {
    return this.#address;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Everything on stderr so far. */
  get said(): string {
    return this.#said;
  }

  /** @param build its folder. Resolves once the process listens. */
  async start(build: string): Promise<void> {
    const { script, args, env } = this.#setup;
    const child = spawn(process.execPath, [join(build, script), '--listen', this.#address, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([
      once(lines, 'line') as Promise<[string]>,
      once(child, 'close').then(() => Promise.reject(new Error(`${this.name} ended: ${this.#said}`))),
    ]);
    this.#address = JSON.parse(line).listening;
  }

  /** SIGTERM, and its end. @returns the exit code. */
  async end(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
    return child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
}
