import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Bus, connectNatsBus, createLogger } from '@tessera/runtime';
import { busConformance } from '../../support/bus-conformance.js';
import { NatsServer, natsPrograms } from '../../support/nats-server.js';

const programs = natsPrograms();
for (const program of programs) {
  busConformance(`the Bus on nats-server ${program.version}`, async (t, options) => {
    const server = await NatsServer.start(program);
    const seenFolder = await mkdtemp(join(tmpdir(), 'tessera-seen-'));
    const buses: Bus[] = [];
    t.after(async () => {
      await Promise.all(buses.map((bus) => bus.close()));
      await server[Symbol.asyncDispose]();
      await rm(seenFolder, { recursive: true });
    });
    const connect = async (name: string) => {
      const logger = createLogger(name, 'silent');
      const bus = await connectNatsBus({ servers: [server.url], name, logger, seenFolder, ...options }, t.signal);
      buses.push(bus);
      return bus;
    };
    return { here: await connect('here'), there: await connect('there') };
  });
}
if (programs.length === 0) test('the Bus on NATS', { skip: 'no nats-server' }, () => {});
