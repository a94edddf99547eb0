/**
 * A denoiser process whose runs have up to `TEST_ROWS` rows (of its
 * environment), whatever company gains on this machine at this moment.
 */
import { createDenoiserHandlers, Denoiser, DenoiserNetwork, logRuns, PROTECTIONS } from '@tessera/denoiser';
import { openModel } from '@tessera/models';
import { numericClass, parseDevice, startExecutor } from '@tessera/onnx';
import { runMain, serveWorker, workerSettings } from '@tessera/runtime';

const gainfulRows = Number(process.env.TEST_ROWS);
/** Long enough that no run of a busy machine seems to hang. */
const COST_MS = 100;
const costs = [...new Set([1, gainfulRows])].map((batchSize) => ({ batchSize, runMs: COST_MS * batchSize }));

await runMain('denoiser', async (context) => {
  const settings = workerSettings('denoiser', context.log);
  const start = async (): Promise<Denoiser> => {
    const executor = await startExecutor({ device: parseDevice(settings.device), threads: settings.threads });
    const { folder, card } = await openModel(settings.models[0] ?? '', { verify: 'denoiser' });
    const measured = async () => ({ costs, gainfulRows, rowsAreIndependent: true });
    const network = await DenoiserNetwork.load(executor, folder, card, PROTECTIONS, measured);
    const onRan = logRuns(context.log);
    return new Denoiser({ executor, numericClass: await numericClass(executor), networks: [network], onRan });
  };
  await serveWorker({ settings, start, handlers: createDenoiserHandlers }, context);
});
