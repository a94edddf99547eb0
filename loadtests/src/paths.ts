import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's folder: this file is in its dist. */
const workspace = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = dirname(workspace);

export const RESULTS_FOLDER = join(workspace, 'results');
export const TOOLS_FOLDER = join(repository, '.tools');
export const PROTO_FOLDER = join(repository, 'proto');
export const TESSERA = join(repository, 'packages/cli/bin/tessera.js');
export const PAUSED_VIEWERS_PROGRAM = join(workspace, 'dist/paused-viewers.js');

export function scriptOf(scenario: string): string {
  return join(workspace, 'k6/scenarios', `${scenario}.ts`);
}
