import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TesseraError } from '@tessera/core';
import type { Logger } from '@tessera/runtime';
import { eachLine } from '../cluster/process-output.js';
import { type NatsPorts, natsPorts } from './nats-ports.js';

export interface NatsProgramSetup {
  /** The executable. */
  readonly program: string;
  /** Of the store and everything else that is the server's. */
  readonly folder: string;
  /** Client port that is asked for; the folder's own when 0. */
  readonly port: number;
  readonly logger: Logger;
}

export interface RunningNats {
  readonly ports: NatsPorts;
  readonly pid: number;
  /** Resolves with what is known of the end of the process. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Of a store that has much to recover. */
const START_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** Has the kernel end the server when the process that started it ends, however that ended. */
const SETPRIV = '/usr/bin/setpriv';

/** Starts `nats-server` on loopback with JetStream; resolves once it takes connections. */
export async function startNats({ program, folder, port, logger }: NatsProgramSetup): Promise<RunningNats> {
  await mkdir(folder, { recursive: true });
  const known = await natsPorts(folder);
  const ports = port === 0 ? known : { ...known, client: port };
  const config = join(folder, 'server.conf');
  await writeFile(config, configOf(ports, join(folder, 'store'), canSyncAlways(program)));
  const [command, args] = existsSync(SETPRIV)
    ? [SETPRIV, ['--pdeathsig', 'KILL', program, '-c', config]]
    : [program, ['-c', config]];
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let last = '';
  eachLine(child.stderr, (line) => {
    last = line;
    tell(logger, line);
  });
  child.once('error', (error) => {
    last = error.message;
  });
  const ended = once(child, 'close').then(() => last);
  await untilListening(child, ports.client, ended);
  return {
    ports,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function configOf({ client, monitor }: NatsPorts, store: string, syncs: boolean): string {
  return [
    `server_name: tessera`,
    `listen: "127.0.0.1:${client}"`,
    `http: "127.0.0.1:${monitor}"`,
    `jetstream {`,
    `  store_dir: ${JSON.stringify(store)}`,
    ...(syncs ? ['  sync_interval: always'] : []),
    `}`,
    '',
  ].join('\n');
}

/** Since 2.10; older ones refuse the setting. */
function canSyncAlways(program: string): boolean {
  let said: string;
  try {
    said = execFileSync(program, ['--version'], { encoding: 'utf8' });
  } catch (thrown) {
    throw new TesseraError('unavailable', `cannot run ${program}`, { cause: thrown });
  }
  const [, major = 0, minor = 0] = (/v(\d+)\.(\d+)\./.exec(said) ?? []).map(Number);
  return major > 2 || (major === 2 && minor >= 10);
}

async function untilListening(child: ChildProcess, port: number, ended: Promise<string>): Promise<void> {
  const giveUpMs = performance.now() + START_WITHIN_MS;
  for (;;) {
    if (await accepts(port)) return;
    const last = await Promise.race([ended, delay(LOOK_EVERY_MS)]);
    if (last !== undefined) throw new TesseraError('internal', `nats-server ended at its start: ${last}`);
    if (performance.now() < giveUpMs) continue;
    child.kill('SIGKILL');
    throw new TesseraError('internal', `nats-server takes no connection after ${START_WITHIN_MS} ms`);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** `[pid] 2026/01/02 03:04:05.678901 [INF] what it says` */
function tell(logger: Logger, line: string): void {
  const [, level, text] = /\[([A-Z]{3})\] (.*)$/.exec(line) ?? [];
  if (level === 'WRN') logger.warn(text ?? line);
  else if (level === 'ERR' || level === 'FTL') logger.error(text ?? line);
  else logger.debug(text ?? line);
}
