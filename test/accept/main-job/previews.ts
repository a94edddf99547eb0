import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTessera } from '../../support/cluster.js';
import type { AcceptancePoint } from '../point.js';

const STEPS = 20;

export const previewsPoint: AcceptancePoint = {
  id: 'main-job.4',
  title: 'previews arrive while the generation runs; received + superseded = steps',
  run: async (seed) => {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-previews-'));
    try {
      const { events, stderr } = await runTessera([
        ...['generate', 'a rocket', '--seed', String(seed), '--steps', String(STEPS), '--json', '--ephemeral'],
        ...['--preview-every', '1', '--preview-dir', folder, '--output', join(folder, 'rocket.png')],
      ]);
      const timeOf = (type: string) => events.find((event) => event.type === type)?.time as number | undefined;
      const [started, completed] = [timeOf('started'), timeOf('completed')];
      if (started === undefined || completed === undefined) throw new Error(`not completed: ${stderr}`);
      const previews = events.filter(({ type }) => type === 'preview') as unknown as {
        time: number;
        superseded: number;
      }[];
      const superseded = previews.at(-1)?.superseded ?? 0;
      const span = completed - started;
      const positions = previews.map(({ time }) => (time - started) / span);
      const inFirstHalf = positions.filter((position) => position < 0.5).length;
      const spread = positions.filter(
        (position, index) => index === 0 || position > (positions[index - 1] ?? 0),
      ).length;
      return {
        value: {
          received: previews.length,
          superseded,
          steps: STEPS,
          first: positions[0],
          last: positions.at(-1),
          inFirstHalf,
          spread,
        },
        limit: { receivedPlusSuperseded: STEPS, first: '< 0.25', inFirstHalf: '≥ a quarter of those received' },
        pass:
          previews.length + superseded === STEPS &&
          (positions[0] ?? 1) < 0.25 &&
          (positions.at(-1) ?? 1) <= 1 &&
          inFirstHalf >= previews.length / 4,
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
