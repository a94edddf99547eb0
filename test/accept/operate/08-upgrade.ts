import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildOfCommit } from '../../support/build-of-commit.js';
import { repoRoot } from '../../support/paths.js';
import { upgradeUnderLoad } from '../../support/rolling-upgrade.js';
import type { AcceptancePoint } from '../point.js';

/** The last commit before telemetry and load tests began; gateways share NATS in it, and take over from each other. */
const BEFORE = 'd636b24';

export const upgradePoint: AcceptancePoint = {
  id: 'operate.8',
  title: `every process of ${BEFORE} replaced by one of this build, under load: no generation lost; buf breaking passes`,
  run: async (seed) => {
    const before = buildOfCommit(BEFORE);
    const upgrade = await upgradeUnderLoad(before, repoRoot, seed);
    const breaking = breaksSince(before);
    const { lost, generations, during, exitCodes } = upgrade;
    return {
      value: { from: BEFORE, ...upgrade, lost: lost.length, reasons: lost.slice(0, 3), breaking },
      limit: { lost: 0, exitCodes: 0, breaking: '' },
      pass:
        lost.length === 0 && generations > 0 && during > 0 && exitCodes.every((code) => code === 0) && breaking === '',
    };
  },
};

/** What `buf breaking` complains of; nothing. */
function breaksSince(before: string): string {
  const buf = join(repoRoot, 'node_modules/.bin/buf');
  const { status, stdout, stderr, error } = spawnSync(buf, ['breaking', '--against', before], {
    cwd: repoRoot,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return status === 0 ? '' : `${stdout}${stderr}`;
}
