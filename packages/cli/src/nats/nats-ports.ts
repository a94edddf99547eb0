import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { TesseraError } from '@tessera/core';

export interface NatsPorts {
  readonly client: number;
  readonly monitor: number;
}

const GREETING_WITHIN_MS = 1_000;

/**
 * The ports on loopback of the server of this folder: the same ones as last
 * time if they are free, so that it is known by the same address.
 *
 * @throws TesseraError `unavailable` while another server uses the folder: two would ruin the store.
 */
export async function natsPorts(folder: string): Promise<NatsPorts> {
  const file = join(folder, 'ports.json');
  const earlier = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as NatsPorts,
    () => undefined,
  );
  if (earlier !== undefined && (await isNats(earlier.client))) {
    const message = `another cluster uses ${folder}: its nats-server is on port ${earlier.client}`;
    throw new TesseraError('unavailable', message);
  }
  const ports = {
    client: await freePort(earlier?.client),
    monitor: await freePort(earlier?.monitor),
  };
  await writeFile(file, `${JSON.stringify(ports)}\n`);
  return ports;
}

async function freePort(preferred: number | undefined): Promise<number> {
  const listener = createServer().listen(preferred ?? 0, '127.0.0.1');
  try {
    await once(listener, 'listening');
  } catch {
    return freePort(undefined);
  }
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

/** A server of NATS greets whoever connects. */
function isNats(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (greeted: boolean) => {
      socket.destroy();
      resolve(greeted);
    };
    socket.setTimeout(GREETING_WITHIN_MS, () => tell(false));
    socket.once('error', () => tell(false));
    socket.once('end', () => tell(false));
    socket.once('data', (bytes) => tell(bytes.toString('utf8').startsWith('INFO ')));
  });
}
