import { connect } from '@tessera/client';
import { startDurableCluster } from '../../support/durable-cluster.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { isWholeAndInOrder, viewed } from '../../support/viewed.js';
import type { AcceptancePoint } from '../point.js';

const CUTS = 10;
const STEPS = 400;

export const cutTenTimesPoint: AcceptancePoint = {
  id: 'survival.4',
  title: 'a connection cut ten times, another gateway each time: every durable event once and in order',
  run: async (seed) => {
    await using durable = await startDurableCluster();
    const { addresses } = durable.cluster;
    const proxies = await Promise.all(addresses.map((address) => TcpProxy.start(Number(address.split(':')[1]))));
    const client = connect({ address: proxies.map(({ port }) => `127.0.0.1:${port}`) });
    try {
      const request = { prompt: 'a red apple', seed, steps: STEPS, count: 2, scheduler: 'ddpm' };
      const expected = (await viewed(durable.client, request)).hashes;
      let cuts = 0;
      const uses: number[] = [];
      const view = await viewed(client, request, (event) => {
        const due = cuts < CUTS && event.type === 'progress' && event.stepIndex >= ((cuts + 1) * STEPS) / (CUTS + 2);
        if (!due) return;
        cuts += 1;
        uses.push(proxies.findIndex(({ connections }) => connections > 0));
        for (const proxy of proxies) proxy.cut();
      });
      const alternates = uses.every((use, i) => i === 0 || use !== uses[i - 1]);
      return {
        value: {
          cuts,
          gatewaysUsed: uses,
          inOrder: isWholeAndInOrder(view.events),
          durable: view.events
            .filter(({ type }) => !['queued', 'progress', 'preview'].includes(type))
            .map(({ type }) => type),
          repeated: view.repeated,
          equal: view.hashes === expected,
          failure: view.failure,
        },
        limit: { cuts: CUTS, inOrder: true, repeated: 0, equal: true, anotherGatewayEachTime: true },
        pass:
          cuts === CUTS &&
          alternates &&
          isWholeAndInOrder(view.events) &&
          view.repeated === 0 &&
          view.hashes === expected &&
          view.hashes !== '',
      };
    } finally {
      client.close();
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
    }
  },
};
