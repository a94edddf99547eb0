import { spawnSync } from 'node:child_process';
import { connect } from '@tessera/client';
import { startCluster } from '../support/cluster.js';
import type { Figure } from './figure.js';

const GENERATIONS = 20;
const MIB = 1024 * 1024;

/** The gateway's resident memory after a number of generations, over that of an empty Node process. */
export async function gatewayMemoryFigure(): Promise<Figure> {
  await using cluster = await startCluster();
  const client = connect({ address: cluster.address });
  try {
    for (let seed = 0; seed < GENERATIONS; seed += 1) {
      for await (const _ of client.generate({ prompt: 'a red apple', seed, steps: 4, preview: { everySteps: 1 } }));
    }
    const { gateways } = await client.status();
    const gatewayBytes = Number(gateways[0]?.rssBytes);
    const empty = spawnSync(process.execPath, ['-p', 'process.memoryUsage.rss()'], { encoding: 'utf8' });
    const emptyBytes = Number(empty.stdout);
    return {
      name: `gateway memory after ${GENERATIONS} generations / empty process`,
      ratio: gatewayBytes / emptyBytes,
      of: `${(gatewayBytes / MIB).toFixed(0)} MiB / ${(emptyBytes / MIB).toFixed(0)} MiB`,
    };
  } finally {
    client.close();
  }
}
