import { join } from 'node:path';
import type { OpenedModel } from '@tessera/models';
import { type Executor, numericClass, parseDevice, startExecutor } from '@tessera/onnx';
import type { Logger, Telemetry, WorkerSettings } from '@tessera/runtime';
import { Denoiser } from './denoiser.js';
import { DenoiserNetwork } from './denoiser-network.js';
import { openModels } from './open-models.js';
import { type OpenedParts, openParts } from './parts/open-parts.js';
import { recordRuns } from './record-runs.js';
import { logRuns, type OnRan } from './run-record.js';
import { RunSpans } from './run-spans.js';

export interface DenoiserSettings extends WorkerSettings {
  /** Addresses of the workers that have the further parts; none: the networks are whole. */
  readonly denoiserParts: readonly string[];
}

/**
 * Takes the device, loads every denoiser, or the first part of it, warms them
 * up and measures them.
 *
 * @throws TesseraError unavailable when the device is missing; failed_precondition, not_found for a model.
 */
export async function startDenoiser(
  settings: DenoiserSettings,
  { log, telemetry }: { readonly log: Logger; readonly telemetry: Telemetry },
  signal: AbortSignal,
): Promise<Denoiser> {
  const { device, threads, denoiserParts: addresses, home, peers } = settings;
  const [executor, models] = await Promise.all([
    startExecutor({ device: parseDevice(device), threads }),
    openModels(settings, signal, addresses.length === 0 ? 'denoiser' : 'card'),
  ]);
  const ownClass = await numericClass(executor);
  const cache = join(home, 'cache');
  const parts =
    addresses.length === 0
      ? undefined
      : await openParts({ executor, numericClass: ownClass, models, addresses, peers, cache, log }, signal);
  const networks: DenoiserNetwork[] = [];
  // One after the other, so that each is measured alone.
  for (const model of models) networks.push(await openNetwork(executor, model, parts));
  const spans = new RunSpans(telemetry.spans);
  const tells: readonly OnRan[] = [logRuns(log), recordRuns(telemetry.metrics), (run) => spans.ran(run)];
  return new Denoiser({
    ...{ executor, networks, numericClass: parts?.numericClass ?? ownClass },
    ...(parts && { parts: parts.links }),
    onRan(run) {
      for (const tell of tells) tell(run);
    },
    async onClose() {
      spans.close();
      await parts?.close();
    },
  });
}

function openNetwork(executor: Executor, { folder, card }: OpenedModel, parts?: OpenedParts): Promise<DenoiserNetwork> {
  const graph = parts?.graphOf(card);
  return graph === undefined ? DenoiserNetwork.load(executor, folder, card) : DenoiserNetwork.over(graph, card);
}
