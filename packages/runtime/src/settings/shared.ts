import { LOG_LEVELS } from '../logger.js';
import { defineSettings, optional, setting } from './definition.js';
import { defaultHome } from './home.js';
import { duration, oneOf, path } from './value-types.js';

/** What every process can be told. */
export const SHARED_SETTINGS = defineSettings({
  config: optional(path, 'file of settings, YAML'),
  home: setting(path, 'folder of models, caches and state', (environment) => defaultHome(environment)),
  logLevel: setting(oneOf(...LOG_LEVELS), 'least level that is logged', 'info'),
  grace: setting(
    duration({ minMs: 0, maxMs: 3_600_000 }),
    'time for open calls to end before a stopping process cuts them off',
    20_000,
  ),
});
