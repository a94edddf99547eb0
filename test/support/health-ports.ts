import { Metadata } from '@grpc/grpc-js';
import { callUnary, tesseraV1 } from '@tessera/proto';
import { connectChannel } from '@tessera/runtime';
import { healthClient } from './health-client.js';
import type { SecureCluster } from './secure-cluster.js';

/** In plain text each of them tells health, and knows no other service. */
export async function healthPorts(cluster: SecureCluster) {
  const addresses = [cluster.gateway.healthAddress, ...cluster.workers.map(({ told }) => String(told.health))];
  const told = addresses.map(async (address) => {
    const prober = healthClient(address);
    const channel = connectChannel(address);
    const generations = channel.client(tesseraV1.GenerationService);
    const workers = channel.client(tesseraV1.WorkerService);
    const deadline = Date.now() + 5_000;
    const answers = await Promise.allSettled([
      callUnary(generations.listModels.bind(generations), {}, new Metadata(), { deadline }),
      callUnary(workers.describe.bind(workers), {}, new Metadata(), { deadline }),
    ]);
    const serving = (await prober.check('')) === 'SERVING';
    prober.close();
    channel.close();
    return { serving, other: answers.filter(({ status }) => status === 'fulfilled').length };
  });
  const all = await Promise.all(told);
  return {
    ports: all.length,
    serving: all.filter(({ serving }) => serving).length,
    otherAnswers: all.reduce((sum, { other }) => sum + other, 0),
  };
}
