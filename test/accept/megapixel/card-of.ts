import { Metadata } from '@grpc/grpc-js';
import type { ModelCard } from '@tessera/core';
import { callUnary, type DescribeResponse__Output, tesseraV1 } from '@tessera/proto';
import { connectChannel } from '@tessera/runtime';
import type { Cluster } from '../../support/cluster.js';

/** The card of the model that a cluster's denoisers serve. */
export async function cardOf({ workers }: Pick<Cluster, 'workers'>): Promise<ModelCard> {
  const denoiser = workers.find(({ stage }) => stage === 'denoiser');
  if (denoiser === undefined) throw new Error('a cluster without denoisers');
  const channel = connectChannel(denoiser.address);
  try {
    const client = channel.client(tesseraV1.WorkerService);
    const described: DescribeResponse__Output = await callUnary(client.describe.bind(client), {}, new Metadata(), {});
    return JSON.parse(described.models[0]?.cardJson ?? '');
  } finally {
    channel.close();
  }
}
