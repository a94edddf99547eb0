import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TesseraError } from '@tessera/core';
import { SUPERVISED_ENV } from '@tessera/runtime';
import { TESSERA } from './paths.js';

/** A cluster for the run. */
export interface LoadedCluster {
  /** `host:port` of the gateway. */
  readonly address: string;
  readonly apiKeys: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ClusterOptions {
  readonly args: readonly string[];
  /** How many tenants get keys; 0: everybody is one. */
  readonly tenants: number;
  /** For the file of keys. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** @throws TesseraError `unavailable` when the cluster does not come up; what it said is on stderr. */
export async function bringUp({ args, tenants, folder, signal }: ClusterOptions): Promise<LoadedCluster> {
  signal.throwIfAborted();
  const apiKeys = Array.from({ length: tenants }, () => randomBytes(24).toString('base64url'));
  const keyArgs = tenants === 0 ? [] : ['--api-keys', await writeKeys(folder, apiKeys)];
  const flags = ['--json', '--port', '0', '--log-level', 'warn', ...keyArgs, ...args];
  // Its stdin is a pipe of this process, so that it ends however this one does.
  const child = spawn(process.execPath, [TESSERA, 'up', ...flags], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, [SUPERVISED_ENV]: '1' },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  signal.addEventListener('abort', stop, { once: true });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line') as Promise<[string]>, ended.then(() => [undefined] as const)]);
  if (line === undefined) throw new TesseraError('unavailable', `tessera up ended with ${child.exitCode}`);
  const { addresses }: { readonly addresses: readonly string[] } = JSON.parse(line);
  return { address: addresses[0] ?? '', apiKeys, [Symbol.asyncDispose]: stop };
}

/** What `--api-keys` reads. */
async function writeKeys(folder: string, keys: readonly string[]): Promise<string> {
  const file = join(folder, 'api-keys.yaml');
  const lines = keys.map((key, index) => {
    const entry = { tenant: `tenant-${index + 1}`, key_sha256: createHash('sha256').update(key).digest('hex') };
    return `- ${JSON.stringify(entry)}\n`;
  });
  await writeFile(file, lines.join(''), { mode: 0o600 });
  return file;
}
