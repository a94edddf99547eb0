import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './definition.js';

/** Where Tessera keeps models, caches and state when `TESSERA_HOME` does not say: the platform's data folder. */
export function defaultHome(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  switch (platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'tessera');
    case 'win32':
      return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'tessera');
    default:
      return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'tessera');
  }
}
