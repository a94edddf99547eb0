import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectNatsBus, createLogger, type NatsSecurity } from '@tessera/runtime';
import { CertificateAuthority } from '../../support/certificate-authority.js';
import { natsUser, securedNats } from '../../support/nats-security.js';
import { NatsServer, natsPrograms } from '../../support/nats-server.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** Long enough for a connection; whoever is refused waits for ever. */
const REFUSED_AFTER_MS = 3_000;

interface Bed {
  readonly server: NatsServer;
  readonly authority: CertificateAuthority;
  readonly folder: string;
  readonly credentialsFile: string;
  /** Rejects when the signal is aborted before NATS let it in. */
  open(url: string, security: NatsSecurity, signal: AbortSignal): ReturnType<typeof connectNatsBus>;
}

async function startBed(t: TestContext, program: Parameters<typeof NatsServer.start>[0]): Promise<Bed> {
  const { path: folder, [Symbol.dispose]: remove } = temporaryFolder();
  const authority = await CertificateAuthority.create();
  const gateway = natsUser();
  const files = await authority.issue(['DNS:localhost', 'IP:127.0.0.1']);
  const server = await NatsServer.start(program, { config: securedNats(files, [gateway]) });
  const credentialsFile = join(folder, 'gateway.nk');
  await writeFile(credentialsFile, `${gateway.seed}\n`);
  t.after(async () => {
    await server[Symbol.asyncDispose]();
    await authority[Symbol.asyncDispose]();
    remove();
  });
  const open = (url: string, security: NatsSecurity, signal: AbortSignal) => {
    const logger = createLogger('bus', 'silent');
    return connectNatsBus({ servers: [url], name: 'test', logger, seenFolder: folder, security }, signal);
  };
  return { server, authority, folder, credentialsFile, open };
}

for (const program of natsPrograms()) {
  test(`a gateway of its own user, over TLS, may do all that a Bus does, at ${program.version}`, async (t) => {
    const { server, authority, credentialsFile, open } = await startBed(t, program);
    const security = { credentialsFile, caFile: authority.certificateFile };
    const bus = await open(`tls://localhost:${server.port}`, security, t.signal);
    t.after(() => bus.close());
    await bus.objects.put('g1/1/20', new Uint8Array(2_000_000).fill(7));
    assert.equal((await bus.objects.get('g1/1/20'))?.length, 2_000_000);
    await bus.objects.delete('g1/1/20');
    await bus.presence.announce({ ...BEAT, gatewayId: 'one' });
    assert.deepEqual(
      bus.presence.list().map(({ gatewayId }) => gatewayId),
      ['one'],
    );
  });

  test(`nobody else is let in, at ${program.version}`, async (t) => {
    const { server, authority, folder, credentialsFile, open } = await startBed(t, program);
    await using otherAuthority = await CertificateAuthority.create();
    const stranger = join(folder, 'stranger.nk');
    await writeFile(stranger, natsUser().seed);
    const password = join(folder, 'password');
    await writeFile(password, 'gateway:guess');
    const absent = join(folder, 'absent');
    const caFile = authority.certificateFile;
    const tls = `tls://localhost:${server.port}`;
    const attempts: Readonly<Record<string, readonly [string, NatsSecurity]>> = {
      'no credentials': [tls, { caFile }],
      "another user's": [tls, { caFile, credentialsFile: stranger }],
      'a password': [tls, { caFile, credentialsFile: password }],
      'a file that is not there': [tls, { caFile, credentialsFile: absent }],
      'an authority that did not sign for the server': [
        tls,
        { caFile: otherAuthority.certificateFile, credentialsFile },
      ],
      'an authority that nobody told it of': [`nats://localhost:${server.port}`, { credentialsFile }],
    };
    const opened = Object.entries(attempts).map(async ([what, [url, security]]) => {
      const bus = await open(url, security, AbortSignal.timeout(REFUSED_AFTER_MS)).catch(() => undefined);
      await bus?.close();
      return bus === undefined ? undefined : what;
    });
    assert.deepEqual((await Promise.all(opened)).filter(Boolean), []);
  });

  test(`a server that speaks plain text is not taken for one that speaks TLS, at ${program.version}`, async (t) => {
    const { open } = await startBed(t, program);
    await using plain = await NatsServer.start(program);
    const signal = AbortSignal.timeout(REFUSED_AFTER_MS);
    await assert.rejects(open(`tls://localhost:${plain.port}`, {}, signal), { name: 'TimeoutError' });
  });
}

const BEAT = {
  address: '127.0.0.1:1',
  pid: 1,
  running: 0,
  queued: 0,
  refused: 0,
  refusalP99Ms: 0,
  uptimeMs: 1,
  arithmeticVersion: 'test',
  eventLoopLagP99Ms: 0,
  rssBytes: 1,
};
