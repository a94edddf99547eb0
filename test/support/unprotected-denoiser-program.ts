/**
 * A denoiser process that does without protections: a denoiser's flags,
 * `--protections JSON`, and `--rows N`, the rows of its fullest run whatever
 * company gains on this machine at this moment.
 */
import {
  createDenoiserHandlers,
  Denoiser,
  DenoiserNetwork,
  logRuns,
  measureNetwork,
  PROTECTIONS,
} from '@tessera/denoiser';
import { openModel } from '@tessera/models';
import { numericClass, parseDevice, startExecutor } from '@tessera/onnx';
import { runMain, serveWorker, workerSettings } from '@tessera/runtime';
import { takeFlag } from './take-flag.js';

const protections = JSON.parse(takeFlag('--protections'));
const gainfulRows = Number(takeFlag('--rows'));

await runMain('denoiser', async (context) => {
  const settings = workerSettings('denoiser', context);
  const start = async (): Promise<Denoiser> => {
    const executor = await startExecutor({ device: parseDevice(settings.device), threads: settings.threads });
    const { folder, card } = await openModel(settings.models[0] ?? '', { verify: 'denoiser' });
    const network = await DenoiserNetwork.load(executor, folder, card, { ...PROTECTIONS, ...protections }, measure);
    const onRan = logRuns(context.log);
    return new Denoiser({
      ...{ executor, numericClass: await numericClass(executor), networks: [network], onRan, protections },
    });
  };
  await serveWorker({ settings, start, handlers: createDenoiserHandlers }, context);
});

/** What is measured of a row alone, and as much for each of its company. */
async function measure(network: DenoiserNetwork) {
  const { costs, rowsAreIndependent } = await measureNetwork(network);
  const aloneMs = costs[0]?.runMs ?? 0;
  const sizes = [...new Set([1, gainfulRows])];
  return {
    costs: sizes.map((batchSize) => ({ batchSize, runMs: aloneMs * batchSize })),
    ...{ gainfulRows, rowsAreIndependent },
  };
}
