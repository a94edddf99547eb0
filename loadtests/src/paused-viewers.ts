/**
 * A process of viewers that stop reading, which k6's streams cannot:
 * `paused-viewers.js HOST:PORT VIEWERS [CA]`, its API key in TESSERA_API_KEY. Tells
 * one line when all have stopped; goes on until its stdin ends.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';
import { type GenerateRequest, tesseraV1 } from '@tessera/proto';

/** Large previews after each of more steps than a load test lasts. */
const REQUEST: GenerateRequest = {
  prompt: 'a red apple',
  steps: 1000,
  priority: 0,
  preview: { everySteps: 1, decoded: true, format: 'IMAGE_FORMAT_PNG' },
};
/** Nothing tells that a stream's buffer is full. */
const LOOK_MS = 50;

const [address = '', viewers = '1', caFile] = process.argv.slice(2);
const security = caFile === undefined ? credentials.createInsecure() : credentials.createSsl(readFileSync(caFile));
const metadata = new Metadata();
if (process.env.TESSERA_API_KEY) metadata.set('authorization', `Bearer ${process.env.TESSERA_API_KEY}`);

const first = client().generate(REQUEST, metadata);
const [{ event }] = await once(first, 'data');
const watched = { generationId: event.generationId };
const calls = [first, ...Array.from({ length: Number(viewers) - 1 }, () => client().watch(watched, metadata))];
for (const call of calls) stopReading(call as ClientReadableStream<unknown>);
const full = setInterval(() => {
  if (!calls.every((call) => call.readableLength > 0)) return;
  clearInterval(full);
  process.stdout.write(`${JSON.stringify({ paused: calls.length })}\n`);
}, LOOK_MS);
process.stdin.resume();
await once(process.stdin, 'close');
process.exit(0);

function client() {
  return new tesseraV1.GenerationService(address, security, {
    'grpc.use_local_subchannel_pool': 1,
  });
}

function stopReading(call: ClientReadableStream<unknown>): void {
  call.on('error', () => {});
  call.once('data', () => call.pause());
}
