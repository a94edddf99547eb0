/** A gateway process that does without protections: those of a gateway's flags that it knows, and `--protections JSON`. */
import { once } from 'node:events';
import { boundsOf, Gateway, generationService, readKeyFile, Tenants } from '@tessera/gateway';
import { tesseraV1 } from '@tessera/proto';
import { createMemoryBus, GATEWAY_SETTINGS, readyLine, resolveSettings, runMain, startServer } from '@tessera/runtime';
import { takeFlag } from './take-flag.js';
import { onceOf } from './worker-stages.js';

const SERVICE = 'tessera.v1.GenerationService';

const protections = JSON.parse(takeFlag('--protections'));
await runMain('gateway', async ({ signal, log }) => {
  const { values } = resolveSettings(GATEWAY_SETTINGS, { argv: process.argv.slice(2), environment: {} });
  const bus = createMemoryBus();
  const gateway = new Gateway({
    ...{ gatewayId: 'without-protections', bus, logger: log, protections },
    ...(values.apiKeys !== undefined && { tenants: new Tenants(readKeyFile(values.apiKeys)) }),
    ...boundsOf(values),
  });
  const server = await startServer({
    listen: values.listen,
    services: [
      {
        definition: tesseraV1.GenerationService.service,
        implementation: generationService(gateway, (thrown) => log.error('a call failed', thrown)),
      },
    ],
    health: [SERVICE],
  });
  const addresses = new Set([...values.textEncoders, ...values.denoisers, ...values.decoders]);
  gateway.start([{ addresses: () => onceOf(addresses) }], server.address);
  readyLine({ listening: server.address, health: server.address });
  await gateway.ready(signal);
  readyLine({ ready: true, address: server.address });
  await once(signal, 'abort');
  await gateway.drain(0);
  await server.stop(0);
  await gateway.stop();
  await bus.close();
});
