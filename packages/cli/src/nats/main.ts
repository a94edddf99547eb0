import { once } from 'node:events';
import { TesseraError } from '@tessera/core';
import {
  defineSettings,
  formatAddress,
  parseAddress,
  readyLine,
  required,
  resolveSettings,
  runMain,
  SHARED_SETTINGS,
  setting,
  valueTypes,
} from '@tessera/runtime';
import { startNats } from './nats-program.js';

const { address, path } = valueTypes;

const SETTINGS = defineSettings({
  ...SHARED_SETTINGS,
  listen: setting(address, 'address of the server on loopback', '127.0.0.1:0'),
  program: required(path, 'the nats-server executable'),
  folder: required(path, 'folder of its store'),
});

/** Keeps a nats-server for as long as its supervisor lives, as every process of a cluster does. */
await runMain('nats', async ({ signal, log }) => {
  const { values } = resolveSettings(SETTINGS, { argv: process.argv.slice(2), environment: process.env });
  log.level = values.logLevel;
  const { program, folder } = values;
  const { port } = parseAddress(values.listen);
  const nats = await startNats({ program, folder, port, logger: log });
  const ended = nats.ended.then((last) => {
    if (!signal.aborted) throw new TesseraError('internal', `nats-server ended: ${last}`);
  });
  const { client, monitor } = nats.ports;
  const listening = formatAddress({ host: '127.0.0.1', port: client });
  readyLine({ listening });
  readyLine({ ready: true, address: listening, monitor: `http://127.0.0.1:${monitor}`, server_pid: nats.pid });
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), ended]);
  await nats.stop();
});
