import { readFile } from 'node:fs/promises';
import { type ClientReadableStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { connect } from '@tessera/client';
import { type GenerationServiceClient, tesseraV1 } from '@tessera/proto';
import type { SecureCluster } from './secure-cluster.js';

/** How a call ended, to the last byte, with the id that was asked for taken out. */
export interface Ending {
  readonly call: string;
  readonly foreign: string;
  readonly missing: string;
}

const CALLS = ['watch', 'cancel', 'getGeneration', 'downloadImage', 'deleteGeneration'] as const;

/**
 * Asks of everything that takes an id: once with another tenant's, once with
 * one of the same form that nobody has.
 */
async function endingsFor(
  address: string,
  { ca, apiKey, foreignId, imageId }: { ca?: Buffer; apiKey: string; foreignId: string; imageId: string },
): Promise<readonly Ending[]> {
  const security = ca === undefined ? credentials.createInsecure() : credentials.createSsl(ca);
  const client = new tesseraV1.GenerationService(address, security, {
    'grpc.ssl_target_name_override': 'images.example.com',
  });
  const missingId = foreignId.replace(/[0-9a-z]/gi, (digit) => (digit === '0' ? '1' : '0'));
  const ending = async (call: (typeof CALLS)[number], id: string) =>
    (await endOf(client, call, id, imageId, apiKey)).replaceAll(id, 'ID');
  const endings: Ending[] = [];
  try {
    for (const call of CALLS) {
      endings.push({ call, foreign: await ending(call, foreignId), missing: await ending(call, missingId) });
    }
    return endings;
  } finally {
    client.close();
  }
}

function endOf(
  client: GenerationServiceClient,
  call: (typeof CALLS)[number],
  generationId: string,
  imageId: string,
  apiKey: string,
): Promise<string> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${apiKey}`);
  return new Promise((resolve) => {
    const told = (error: ServiceError | null) => resolve(error === null ? 'answered' : shown(error));
    if (call === 'watch') return follow(client.watch({ generationId }, metadata), resolve, told);
    if (call === 'downloadImage') {
      return follow(client.downloadImage({ generationId, imageId, offset: 0 }, metadata), resolve, told);
    }
    client[call]({ generationId }, metadata, told);
  });
}

function follow(
  stream: ClientReadableStream<unknown>,
  resolve: (ending: string) => void,
  failed: (error: ServiceError) => void,
): void {
  stream.on('data', () => resolve('answered')).on('error', failed as (error: Error) => void);
}

function shown({ code, details, metadata }: ServiceError): string {
  const trailers = metadata.toJSON();
  // The transport's clock.
  delete trailers.date;
  return JSON.stringify({ code, details, trailers });
}

/** One tenant makes an image; the other asks for it, and for one that nobody made. */
export async function foreignEndings(cluster: SecureCluster) {
  const { address } = cluster.gateway;
  const [alice, bob] = cluster.tenants;
  const ca = await readFile(cluster.caFile);
  const client = connect({ address, apiKey: alice.keys[0], tls: { ca } });
  let made = { id: '', imageId: '' };
  for await (const event of client.generate({ prompt: 'a red apple', steps: 4 })) {
    if (event.type === 'completed') made = { id: event.generationId, imageId: event.images[0]?.image.imageId ?? '' };
  }
  client.close();
  if (made.id === '') throw new Error('no generation to ask for');
  return endingsFor(address, { ca, apiKey: bob.keys[0] ?? '', foreignId: made.id, imageId: made.imageId });
}
