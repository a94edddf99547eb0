import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root. Compiled, this file is test/dist/support/paths.js. */
export const repoRoot = join(dirname(fileURLToPath(import.meta.url)), '../../..');
