import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { TesseraError } from '@tessera/core';
import type { Environment } from '@tessera/runtime';

/** Where packages put it, and perhaps not on a user's PATH. */
const USUAL_FOLDERS = ['/usr/local/bin', '/usr/sbin', '/usr/local/sbin'];

/** The `nats-server` of this machine. @throws TesseraError `unavailable` that says how to get one. */
export function findNatsServer({ PATH = '', HOME }: Environment): string {
  const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const ofGo = HOME === undefined ? [] : [join(HOME, 'go', 'bin')];
  const folders = [...PATH.split(delimiter).filter((folder) => folder !== ''), ...USUAL_FOLDERS, ...ofGo];
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  const advice = '`apt-get install nats-server`, or `go install github.com/nats-io/nats-server/v2@latest`';
  throw new TesseraError('unavailable', `--nats auto needs nats-server, which is not on the PATH: ${advice}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
