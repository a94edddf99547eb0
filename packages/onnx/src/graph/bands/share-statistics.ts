import type { GroupStatistics } from './group-statistics.js';
import type { SharedTensor, SharedTensors, ShareLink } from './share-link.js';

/** Statistics of one share: for each norm, those of its bands. */
export type ShareStatistics = readonly (readonly GroupStatistics[])[];

export function sendStatistics(
  link: ShareLink,
  to: number,
  topic: string,
  norms: readonly number[],
  measured: ShareStatistics,
): Promise<void> {
  const tensors: Record<string, SharedTensor> = {};
  for (const [i, norm] of norms.entries()) {
    const bands = measured[i] ?? [];
    tensors[`means-${norm}`] = stripsOf(bands, 'means');
    tensors[`m2s-${norm}`] = stripsOf(bands, 'm2s');
  }
  return link.send(to, topic, tensors);
}

/** @param own of the same norms: groups and their sizes are the same everywhere. */
export async function receiveStatistics(
  link: ShareLink,
  from: number,
  topic: string,
  norms: readonly number[],
  own: ShareStatistics,
): Promise<ShareStatistics> {
  const tensors = await link.receive(from, topic);
  return norms.map((norm, i) => {
    const [like] = own[i] ?? [];
    if (like === undefined) throw new RangeError('a share without bands');
    const { count, groups } = like;
    return [{ count, groups, means: valuesOf(tensors, `means-${norm}`), m2s: valuesOf(tensors, `m2s-${norm}`) }];
  });
}

function stripsOf(bands: readonly GroupStatistics[], figure: 'means' | 'm2s'): SharedTensor {
  const groups = bands[0]?.groups as number;
  const data = Float64Array.from(bands.flatMap((band) => [...band[figure]]));
  return { dtype: 'float64', shape: [data.length / groups, groups], data };
}

function valuesOf(tensors: SharedTensors, name: string): Float64Array {
  const tensor = tensors[name];
  if (tensor?.dtype !== 'float64') throw new RangeError(`another share told no ${name}`);
  return tensor.data;
}
