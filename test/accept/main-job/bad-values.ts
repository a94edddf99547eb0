import { credentials, Metadata } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { callStream, type GenerateRequest, tesseraV1 } from '@tessera/proto';
import { evaluationsStarted, runTessera, startCluster } from '../../support/cluster.js';
import type { AcceptancePoint } from '../point.js';

/** A request a raw client sends, and the field that must be named. */
const BAD: readonly (readonly [field: string, request: GenerateRequest])[] = [
  ...[0, -1, 7, 2 ** 31].flatMap((size) => [
    ['width', { width: size }] as const,
    ['height', { height: size }] as const,
  ]),
  ['steps', { steps: 0 }],
  ['steps', { steps: 1e9 }],
  ['guidance_scale', { guidanceScale: Number.NaN }],
  ['guidance_scale', { guidanceScale: Number.POSITIVE_INFINITY }],
  ['guidance_rescale', { guidanceRescale: -0.1 }],
  ['eta', { eta: 1e308 }],
  ['prompt', { prompt: 'x'.repeat(1 << 20) }],
  ['negative_prompt', { negativePrompt: 'x'.repeat(1 << 20) }],
  ['scheduler', { scheduler: 'no-such-scheduler' }],
  ['model', { model: 'no-such-model' }],
  ['count', { count: 0 }],
  ['count', { count: 17 }],
  ['priority', { priority: 10 }],
  ['preview.every_steps', { preview: { everySteps: 0 } }],
  ['preview.max_edge', { preview: { maxEdge: -5 } }],
  ['keep_for', { keepFor: { seconds: -1 } }],
  ['time_limit', { timeLimit: { seconds: 0 } }],
];

async function refusal(client: InstanceType<typeof tesseraV1.GenerationService>, request: GenerateRequest) {
  try {
    for await (const _ of callStream(client.generate({ prompt: 'a red apple', ...request }, new Metadata()))) {
      return { code: 'accepted', field: '' };
    }
    return { code: 'ended', field: '' };
  } catch (thrown) {
    const { code, field } = TesseraError.from(thrown);
    return { code, field };
  }
}

export const badValuesPoint: AcceptancePoint = {
  id: 'main-job.6',
  title: 'bad values are refused by name, unknown options too, and no worker hears of them',
  run: async () => {
    await using cluster = await startCluster();
    const client = new tesseraV1.GenerationService(cluster.address, credentials.createInsecure());
    const before = [...(await evaluationsStarted(cluster.address)).values()];
    const wrong: unknown[] = [];
    try {
      for (const [field, request] of BAD) {
        const answer = await refusal(client, request);
        if (answer.code !== 'invalid_argument' || answer.field !== field) wrong.push({ field, answer });
      }
    } finally {
      client.close();
    }
    const address = ['--address', cluster.address];
    const commands = {
      unknownOption: await runTessera(['generate', 'a red apple', '--no-such-option', ...address]),
      badSteps: await runTessera(['generate', 'a red apple', '--steps', '0', ...address]),
      badSize: await runTessera(['generate', 'a red apple', '--width', '7', ...address]),
    };
    const exitCodes = Object.fromEntries(Object.entries(commands).map(([name, { code }]) => [name, code]));
    const named =
      commands.unknownOption.stderr.includes('no-such-option') && commands.badSteps.stderr.includes('steps');
    const after = [...(await evaluationsStarted(cluster.address)).values()];
    const evaluations = after.reduce((sum, count) => sum + count, 0) - before.reduce((sum, count) => sum + count, 0);
    return {
      value: { requests: BAD.length, wrong, exitCodes, named, evaluations },
      limit: { wrong: [], exitCodes: 2, evaluations: 0 },
      pass: wrong.length === 0 && named && evaluations === 0 && Object.values(exitCodes).every((code) => code === 2),
    };
  },
};
