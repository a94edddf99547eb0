import {
  DENOISER_PART_SETTINGS,
  DENOISER_SETTINGS,
  defineSettings,
  GATEWAY_SETTINGS,
  MOST_PARTS,
  optional,
  setting,
  type ValueType,
  valueTypes,
  WORKER_SETTINGS,
} from '@tessera/runtime';
import { DEFAULT_MODEL } from './installation.js';

const { address, boolean, integer, listOf, path, secret, string } = valueTypes;
const {
  textEncoders: _textEncoders,
  denoisers: _denoisers,
  denoiserParts: _denoiserParts,
  decoders: _decoders,
  nats: _nats,
  // Processes of one machine speak plain text on its loopback.
  peerCert: _peerCert,
  peerKey: _peerKey,
  peerCa: _peerCa,
  peerDomain: _peerDomain,
  ...OWN_GATEWAY_SETTINGS
} = GATEWAY_SETTINGS;

const MOST_GATEWAYS = 16;
const natsServers = listOf(valueTypes.natsUrl);

/** Servers that are there, or one that is started with the cluster. */
const natsChoice: ValueType<readonly string[] | 'auto'> = {
  placeholder: 'auto|URL',
  repeatable: true,
  parse: (texts, directory) => (texts.join() === 'auto' ? 'auto' : natsServers.parse(texts, directory)),
  format: (value) => (value === 'auto' ? value : natsServers.format(value)),
};

/** A number of parts, or the bytes of weights that one may have. */
export type Shards = { readonly parts: number } | { readonly partBytes: number };

const parts = integer({ min: 1, max: MOST_PARTS });
const partSize = valueTypes.byteSize({ minBytes: 2 ** 20, maxBytes: 2 ** 40 });
const shards: ValueType<Shards> = {
  placeholder: 'N|SIZE',
  repeatable: false,
  parse: (texts, directory) =>
    /^\d+$/.test(texts[0] ?? '')
      ? { parts: parts.parse(texts, directory) }
      : { partBytes: partSize.parse(texts, directory) },
  format: (value) => ('parts' in value ? parts.format(value.parts) : partSize.format(value.partBytes)),
};

const MOST_WORKERS = 64;
const processes = (stage: string) => setting(integer({ min: 1, max: MOST_WORKERS }), `number of ${stage} processes`, 1);

/** What the gateway of a whole cluster can be told; the supervisor hands it on. */
export const CLUSTER_GATEWAY_SETTINGS = defineSettings(OWN_GATEWAY_SETTINGS);

/** What `tessera up` can be told: all that its processes can, and how many there are. */
export const CLUSTER_SETTINGS = defineSettings({
  ...OWN_GATEWAY_SETTINGS,
  port: optional(
    integer({ min: 0, max: 65_535 }),
    'port of the public API on loopback, in place of --listen; 0: a free one',
  ),
  gateways: setting(
    integer({ min: 1, max: MOST_GATEWAYS }),
    'number of gateway processes, on ports above the first one; several need --nats',
    1,
  ),
  nats: setting(natsChoice, 'what gateways share: auto starts a nats-server on loopback, in TESSERA_HOME/nats', []),
  textEncoders: processes('text encoder'),
  denoisers: processes('denoiser'),
  shardDenoiser: optional(
    shards,
    'cut every denoiser into so many parts, each in a process of its own, or into as many as have about so much of its weights each: for a network too big for one device, no image is made faster by it',
  ),
  decoders: processes('decoder'),
  model: setting(listOf(string), 'model to serve: a name in the store, or a folder', [DEFAULT_MODEL]),
  device: WORKER_SETTINGS.device,
  threads: optional(
    integer({ min: 1, max: 1024 }),
    'threads of one run of every worker; planned from the cores when not given',
  ),
});

/** Where a gateway listens when nobody says otherwise. */
export const DEFAULT_ADDRESS = GATEWAY_SETTINGS.listen.fallback({});

/** What a command that talks to a cluster can be told. */
export const CLIENT_SETTINGS = defineSettings({
  config: optional(path, 'file of settings, YAML'),
  address: setting(listOf(address), 'gateway of the cluster to use; several are used in turn when one is lost', []),
  tls: setting(boolean, 'speak TLS on loopback too; beyond it that goes without saying', false),
  tlsCa: optional(path, 'who signs the certificates of the gateways, PEM; the usual authorities when not given'),
  tlsName: optional(string, 'name that the certificates of the gateways are for, where the address has another'),
  insecure: setting(boolean, 'speak plain text beyond loopback', false),
  apiKey: optional(secret, 'key that says who calls, where the cluster asks for one'),
});

/** Every setting there is, by name: what a shared file or environment may hold. */
export const ALL_SETTINGS = defineSettings({
  ...WORKER_SETTINGS,
  ...DENOISER_SETTINGS,
  ...DENOISER_PART_SETTINGS,
  ...CLUSTER_SETTINGS,
  ...CLIENT_SETTINGS,
});

export const ALL_SETTING_NAMES: readonly string[] = Object.keys(ALL_SETTINGS);
