import { defineSettings, optional, setting } from './definition.js';
import { PEER_SETTINGS } from './peer-settings.js';
import { SHARED_SETTINGS } from './shared.js';
import {
  address,
  addressOrOff,
  boolean,
  byteSize,
  duration,
  httpUrl,
  integer,
  listOf,
  natsUrl,
  path,
  string,
} from './value-types.js';

const DAY_MS = 24 * 3_600_000;

/** What a gateway can be told. */
export const GATEWAY_SETTINGS = defineSettings({
  ...SHARED_SETTINGS,
  ...PEER_SETTINGS,
  listen: setting(address, 'address of the public API', '127.0.0.1:8470'),
  healthListen: setting(address, 'address of plaintext health alone', '127.0.0.1:8471'),
  metricsListen: setting(addressOrOff, 'address of metrics in Prometheus form', '127.0.0.1:9464'),
  tlsCert: optional(path, 'certificate of the public API, PEM; read again when it changes, as its key'),
  tlsKey: optional(path, 'its private key, PEM'),
  apiKeys: optional(
    path,
    'file of API keys, YAML: a list of {tenant, key_sha256, weight}; read again when it changes; without one everybody is one tenant',
  ),
  reflection: setting(boolean, 'serve gRPC reflection', false),
  textEncoders: setting(listOf(address), 'text encoders; a name may stand for several addresses', []),
  denoisers: setting(listOf(address), 'denoisers; a name may stand for several addresses', []),
  denoiserParts: setting(
    listOf(address),
    'workers that have further parts of denoisers, to tell how they are; their denoisers know them by themselves',
    [],
  ),
  decoders: setting(listOf(address), 'decoders; a name may stand for several addresses', []),
  nats: setting(listOf(natsUrl), 'NATS servers that several gateways share; without one this gateway is alone', []),
  natsCredentials: optional(
    path,
    'what this gateway shows NATS: a .creds file, an nkey seed, or USER:PASSWORD; read at every connection',
  ),
  natsCa: optional(path, 'who signs the certificates of tls:// servers of NATS, PEM; the usual ones when not given'),
  natsMonitor: optional(httpUrl, 'monitoring of nats-server, where its durability is read'),
  natsReplicas: setting(integer({ min: 1, max: 5 }), 'copies of what is stored, in a cluster of NATS servers', 1),
  defaultModel: optional(string, 'model of requests that name none; the first by name when not given'),
  maxQueuedWork: setting(
    duration({ minMs: 0, maxMs: 30 * DAY_MS }),
    'most work that may wait, as the time it takes; what is more is refused',
    600_000,
  ),
  maxQueued: setting(integer({ min: 0, max: 100_000 }), 'most generations that may wait', 10_000),
  runningMemory: setting(
    byteSize({ minBytes: 2 ** 20, maxBytes: 2 ** 50 }),
    'most bytes of latents and images that running generations hold',
    2 ** 30,
  ),
  conditioningCache: setting(
    byteSize({ minBytes: 0, maxBytes: 2 ** 40 }),
    'most bytes of encoded prompts kept for the next generation',
    2 ** 28,
  ),
  resultsKeep: setting(duration({ minMs: 1_000, maxMs: 365 * DAY_MS }), 'how long results are kept', DAY_MS),
  resultsMaxBytes: setting(
    byteSize({ minBytes: 2 ** 20, maxBytes: 2 ** 50 }),
    'most bytes of results kept; the oldest go first',
    2 ** 30,
  ),
});
