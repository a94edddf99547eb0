import { defineSettings, optional, required, setting } from './definition.js';
import { PEER_SETTINGS } from './peer-settings.js';
import { SHARED_SETTINGS } from './shared.js';
import { address, addressOrOff, integer, listOf, string } from './value-types.js';

/** What a worker of any stage can be told. */
export const WORKER_SETTINGS = defineSettings({
  ...SHARED_SETTINGS,
  ...PEER_SETTINGS,
  listen: setting(address, 'address of the stage service', '127.0.0.1:0'),
  healthListen: setting(addressOrOff, 'address of plaintext health alone', 'off'),
  metricsListen: setting(addressOrOff, 'address of metrics in Prometheus form', 'off'),
  workerId: optional(string, 'name of this worker in status and logs; drawn when not given'),
  model: required(listOf(string), 'model to serve: a name in the store, or a folder'),
  device: setting(string, 'auto, cpu, cuda:N or webgpu', 'auto'),
  threads: optional(integer({ min: 1, max: 1024 }), 'threads of one run; all cores when not given'),
});
