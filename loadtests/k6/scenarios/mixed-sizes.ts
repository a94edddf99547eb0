/** Small images beside large ones: the large ones end, and do not hold up the small ones. */
import { steadyArrivals } from '../lib/arrivals.ts';
import { ask, connect, newClient } from '../lib/cluster.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf, offered } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({ total_small: 8_000, total_large: 40_000 });
const forMs = durationMs(60);
/** Sides of large images, in native ones: four to nine windows, more where they overlap. */
const SIDES = [1.5, 2];
/** Of a large one, in small ones, about. */
const LARGE_COSTS = 6;
const rate = offered(0.6);

export const options = scenarioOptions(
  {
    small: steadyArrivals(rate / 2, forMs, { exec: 'small', tags: { size: 'small' } }),
    large: steadyArrivals(rate / 2 / LARGE_COSTS, forMs, {
      exec: 'large',
      tags: { size: 'large' },
      gracefulStop: '60s',
    }),
  },
  {
    tessera_failed: ['rate==0'],
    'tessera_total{size:small}': [`p(95)<${limits.total_small}`],
    'tessera_total{size:large}': [`p(95)<${limits.total_large}`],
  },
);

interface Native {
  readonly width: number;
  readonly height: number;
  readonly multiple: number;
}

const client = newClient();

export async function setup(): Promise<Native> {
  interface Models {
    readonly models: readonly {
      readonly nativeWidth: number;
      readonly nativeHeight: number;
      readonly sizeMultiple: number;
      readonly isDefault: boolean;
    }[];
  }
  connect(client);
  const { models } = await ask<Models>(client, 'ListModels', {});
  client.close();
  const model = models.find(({ isDefault }) => isDefault) ?? models[0];
  if (model === undefined) throw new Error('the cluster serves no model');
  return { width: model.nativeWidth, height: model.nativeHeight, multiple: model.sizeMultiple };
}

export const small = () => counted(() => generate(client, usualRequest()));

export const large = ({ width, height, multiple }: Native) =>
  counted(() => {
    const side = SIDES[Math.floor(Math.random() * SIDES.length)] ?? 1;
    const pixels = (native: number) => String(multiple * Math.round((side * native) / multiple));
    return generate(client, { ...usualRequest(), width: pixels(width), height: pixels(height) });
  });
