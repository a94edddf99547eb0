import { defineSettings, setting } from './definition.js';
import { SHARED_SETTINGS } from './shared.js';
import { address, boolean, byteSize, duration, listOf } from './value-types.js';

const DAY_MS = 24 * 3_600_000;

/** What a gateway can be told. */
export const GATEWAY_SETTINGS = defineSettings({
  ...SHARED_SETTINGS,
  listen: setting(address, 'address of the public API', '127.0.0.1:8470'),
  healthListen: setting(address, 'address of plaintext health alone', '127.0.0.1:8471'),
  insecure: setting(boolean, 'listen beyond loopback without TLS and keys', false),
  reflection: setting(boolean, 'serve gRPC reflection', false),
  textEncoders: setting(listOf(address), 'text encoders; a name may stand for several addresses', []),
  denoisers: setting(listOf(address), 'denoisers; a name may stand for several addresses', []),
  decoders: setting(listOf(address), 'decoders; a name may stand for several addresses', []),
  resultsKeep: setting(duration({ minMs: 1_000, maxMs: 365 * DAY_MS }), 'how long results are kept', DAY_MS),
  resultsMaxBytes: setting(
    byteSize({ minBytes: 2 ** 20, maxBytes: 2 ** 50 }),
    'most bytes of results kept; the oldest go first',
    2 ** 30,
  ),
});
