import { numericClass, parseDevice, startExecutor } from '@tessera/onnx';
import type { Logger, Telemetry, WorkerSettings } from '@tessera/runtime';
import { Denoiser } from './denoiser.js';
import { DenoiserNetwork } from './denoiser-network.js';
import { openModels } from './open-models.js';
import { recordRuns } from './record-runs.js';
import { logRuns, type OnRan } from './run-record.js';
import { RunSpans } from './run-spans.js';

/**
 * Takes the device, loads every denoiser, warms them up and measures them.
 *
 * @throws TesseraError unavailable when the device is missing; failed_precondition, not_found for a model.
 */
export async function startDenoiser(
  settings: WorkerSettings,
  { log, telemetry }: { readonly log: Logger; readonly telemetry: Telemetry },
  signal: AbortSignal,
): Promise<Denoiser> {
  const device = parseDevice(settings.device);
  const [executor, opened] = await Promise.all([
    startExecutor({ device, threads: settings.threads }),
    openModels(settings, signal),
  ]);
  const networks: DenoiserNetwork[] = [];
  // One after the other, so that each is measured alone.
  for (const { folder, card } of opened) networks.push(await DenoiserNetwork.load(executor, folder, card));
  const spans = new RunSpans(telemetry.spans);
  const tells: readonly OnRan[] = [logRuns(log), recordRuns(telemetry.metrics), (run) => spans.ran(run)];
  return new Denoiser({
    ...{ executor, numericClass: await numericClass(executor), networks },
    onRan(run) {
      for (const tell of tells) tell(run);
    },
    onClose: () => spans.close(),
  });
}
