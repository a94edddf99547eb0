import { engine } from './engine/index.js';
import { mainJob } from './main-job/index.js';
import { megapixel } from './megapixel/index.js';
import { operate } from './operate/index.js';
import type { AcceptancePoint } from './point.js';
import { sharding } from './sharding/index.js';
import { survival } from './survival/index.js';

/**
 * `npm run accept -- main-job.4 [--seed N]` runs one point, `-- main-job` all
 * of a part, and nothing named all there are. One JSON line a point; exit 1
 * when any failed.
 */
const POINTS: readonly AcceptancePoint[] = [...mainJob, ...engine, ...megapixel, ...sharding, ...operate, ...survival];

const { names, seed } = parseArguments(process.argv.slice(2));
const chosen = POINTS.filter(
  ({ id }) => names.length === 0 || names.some((name) => id === name || id.startsWith(`${name}.`)),
);
if (chosen.length === 0) {
  console.error(
    `no acceptance point is called ${names.join(', ')}; there are ${POINTS.map(({ id }) => id).join(', ')}`,
  );
  process.exit(2);
}

let failed = 0;
for (const point of chosen) {
  const measurement = await measure(point);
  if (!measurement.pass) failed += 1;
  console.log(JSON.stringify({ point: point.id, ...measurement, seed }));
}
process.exit(failed === 0 ? 0 : 1);

async function measure(point: AcceptancePoint) {
  console.error(`${point.id}: ${point.title}`);
  try {
    return await point.run(seed);
  } catch (thrown) {
    return {
      value: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      limit: 'no error',
      pass: false,
    };
  }
}

function parseArguments(argv: readonly string[]) {
  const at = argv.indexOf('--seed');
  const given = at === -1 ? undefined : Number(argv[at + 1]);
  return {
    names: argv.filter((_, index) => at === -1 || (index !== at && index !== at + 1)),
    seed: given ?? 7,
  };
}
