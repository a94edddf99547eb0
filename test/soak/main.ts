import { parseArgs } from 'node:util';
import { soak } from './soak.js';

/** `npm run test:soak -- [--minutes N] [--seed N]`: one JSON line for each promise; exit 1 when any was broken. */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, seed: { type: 'string', default: '7' } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('--minutes takes a positive number, --seed an integer');
  process.exit(2);
}
const held = await soak({ minutes, seed });
for (const line of held) console.log(JSON.stringify({ ...line, seed, minutes }));
process.exit(held.every(({ pass }) => pass) ? 0 : 1);
