import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectNatsBus, createLogger } from '@tessera/runtime';
import { busConformance } from '../../support/bus-conformance.js';
import { NatsServer, natsPrograms } from '../../support/nats-server.js';

const programs = natsPrograms();
for (const program of programs) {
  busConformance(`the Bus on nats-server ${program.version}`, async (t, options) => {
    const server = await NatsServer.start(program);
    const seenFolder = await mkdtemp(join(tmpdir(), 'tessera-seen-'));
    const connect = (name: string) =>
      connectNatsBus(
        { servers: [server.url], name, logger: createLogger(name, 'silent'), seenFolder, ...options },
        new AbortController().signal,
      );
    const [here, there] = [await connect('here'), await connect('there')];
    t.after(async () => {
      await Promise.all([here.close(), there.close()]);
      await server[Symbol.asyncDispose]();
      await rm(seenFolder, { recursive: true });
    });
    return { here, there };
  });
}
if (programs.length === 0) test('the Bus on NATS', { skip: 'no nats-server' }, () => {});
