import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Bus, connectNatsBus, createLogger, type NatsBusSetup } from '@tessera/runtime';
import { type NatsProgram, NatsServer } from './nats-server.js';
import { TcpProxy } from './tcp-proxy.js';

/** A nats-server, a network before it that can be parted, and handles on its Bus. */
export interface NatsBed {
  readonly server: NatsServer;
  readonly proxy: TcpProxy;
  /** Through the network. */
  readonly far: Bus;
  /** Beside the server. */
  readonly near: Bus;
  /** Another handle, as another process would have it. */
  connect(setup?: Partial<NatsBusSetup>): Promise<Bus>;
}

/** Everything of it ends with the test. */
export async function startNatsBed(
  t: TestContext,
  program: NatsProgram,
  setup: Partial<NatsBusSetup> = {},
): Promise<NatsBed> {
  const server = await NatsServer.start(program);
  const proxy = await TcpProxy.start(server.port);
  const seenFolder = await mkdtemp(join(tmpdir(), 'tessera-seen-'));
  const buses: Bus[] = [];
  t.after(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await rm(seenFolder, { recursive: true });
  });
  const connect = async (others: Partial<NatsBusSetup> = {}) => {
    const logger = createLogger('bus', 'silent');
    const own = { servers: [server.url], name: 'test', logger, seenFolder };
    const bus = await connectNatsBus({ ...own, ...setup, ...others }, t.signal);
    buses.push(bus);
    return bus;
  };
  const near = await connect();
  const far = await connect({ servers: [`nats://127.0.0.1:${proxy.port}`] });
  return { server, proxy, far, near, connect };
}
