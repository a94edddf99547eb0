import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { ReflectionService } from '@grpc/reflection';
import { packageDefinition, tesseraV1 } from '@tessera/proto';
import {
  callInterceptor,
  GATEWAY_SETTINGS,
  linkSignals,
  readyLine,
  resolveSettings,
  runMain,
  type SettingValues,
  SUPERVISOR_KEY_ENV,
  startHealthServer,
  startServer,
  startTelemetry,
} from '@tessera/runtime';
import { boundsOf } from './bounds.js';
import { Gateway } from './gateway.js';
import { openBus } from './open-bus.js';
import { securityOf } from './security.js';
import { generationService } from './service.js';
import { tenantsOf } from './tenants/tenants-of.js';
import { liveModels } from './workers/model-catalogue.js';
import { watchWorkerAddresses } from './workers/worker-addresses.js';
import { WORKER_STAGES } from './workers/worker-description.js';
import type { WorkerSource } from './workers/workers.js';

type WorkerLists = Pick<
  SettingValues<typeof GATEWAY_SETTINGS>,
  'textEncoders' | 'denoisers' | 'denoiserParts' | 'decoders'
>;

const SERVICE = 'tessera.v1.GenerationService';
/** Streams end before the server is cut off: this is for their last bytes. */
const LAST_BYTES_MS = 2_000;

await runMain('gateway', async ({ signal, log }) => {
  const { values, entries, warnings } = resolveSettings(GATEWAY_SETTINGS, {
    argv: process.argv.slice(2),
    environment: process.env,
  });
  log.level = values.logLevel;
  for (const warning of warnings) log.warn(warning);
  const isDefault = (key: string) => entries.some((entry) => entry.key === key && entry.source.kind === 'default');
  const { tls, peers, connectWorker } = securityOf(values, log, signal);
  const tenants = tenantsOf(values.apiKeys, process.env[SUPERVISOR_KEY_ENV], signal, log);

  const gatewayId = `gateway-${randomBytes(4).toString('hex')}`;
  const telemetry = await startTelemetry({
    kind: 'gateway',
    instance: gatewayId,
    metricsListen: values.metricsListen === 'off' ? undefined : values.metricsListen,
    metricsElsewhere: isDefault('metrics-listen'),
    peers,
    environment: process.env,
    log,
  });
  const bus = await openBus(values, peers?.certificates, gatewayId, log, signal);
  const gateway = new Gateway({
    gatewayId,
    bus,
    logger: log,
    telemetry,
    defaultModel: values.defaultModel,
    tenants,
    connectWorker,
    ...boundsOf(values),
  });
  const implementation = generationService(gateway, (thrown) => log.error('a call failed', thrown));
  const server = await startServer({
    listen: values.listen,
    services: [{ definition: tesseraV1.GenerationService.service, implementation }],
    health: [SERVICE],
    wholeServes: 'while-it-answers',
    interceptors: [callInterceptor(telemetry)],
    tls,
    ...(values.reflection && { reflection: new ReflectionService(packageDefinition) }),
  });
  try {
    const health = await startHealthServer({
      listen: values.healthListen,
      health: server.health,
      orAnyPort: isDefault('health-listen'),
    });
    const isElsewhere = !values.healthListen.endsWith(':0') && health.address !== values.healthListen;
    if (isElsewhere) log.warn('another program has the port of health', { health: health.address });
    gateway.start(workerSources(values), server.address);
    readyLine({ listening: server.address, health: health.address, metrics: telemetry.metricsAddress });

    await gateway.ready(AbortSignal.any([signal, bus.failed]));
    server.setServing(SERVICE, true);
    const models = liveModels(gateway.workers.links).map(({ name }) => name);
    readyLine({ ready: true, address: server.address, models });
    await eitherAborted(signal, bus.failed);
  } finally {
    server.setServing(SERVICE, false);
    // Nothing can be handed over by a Bus that has lost everything.
    if (!bus.failed.aborted) await gateway.drain(values.grace);
    await server.stop(LAST_BYTES_MS);
    await gateway.stop();
    await bus.close();
    await telemetry.stop();
  }
  bus.failed.throwIfAborted();
});

function workerSources({ textEncoders, denoisers, denoiserParts, decoders }: WorkerLists): readonly WorkerSource[] {
  const listed = {
    'text-encoder': textEncoders,
    denoiser: denoisers,
    'denoiser-part': denoiserParts,
    decoder: decoders,
  };
  return [...WORKER_STAGES, 'denoiser-part' as const].map((stage) => ({
    stage,
    addresses: (stopped) => watchWorkerAddresses(listed[stage], stopped),
  }));
}

async function eitherAborted(...signals: readonly AbortSignal[]): Promise<void> {
  const { signal, unlink } = linkSignals(...signals);
  if (!signal.aborted) await once(signal, 'abort');
  unlink();
}
