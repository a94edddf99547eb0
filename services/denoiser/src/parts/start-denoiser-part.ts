import { join } from 'node:path';
import { numericClass, parseDevice, startExecutor } from '@tessera/onnx';
import type { Logger, PartChoice, WorkerSettings } from '@tessera/runtime';
import { openModels } from '../open-models.js';
import { writePart } from './cut-denoiser.js';
import { DenoiserPart } from './denoiser-part.js';
import { openCuts } from './open-cuts.js';
import { PartNetwork } from './part-network.js';

export interface DenoiserPartSettings extends WorkerSettings {
  readonly denoiserPart: PartChoice;
}

/**
 * Takes the device and loads one part of every denoiser that can be cut. The
 * denoiser that drives it warms it up.
 *
 * @throws TesseraError unavailable when the device is missing; failed_precondition, not_found for a model.
 */
export async function startDenoiserPart(
  settings: DenoiserPartSettings,
  log: Logger,
  signal: AbortSignal,
): Promise<DenoiserPart> {
  const { device, threads, home, denoiserPart } = settings;
  const [executor, models] = await Promise.all([
    startExecutor({ device: parseDevice(device), threads }),
    openModels(settings, signal),
  ]);
  const part = denoiserPart.part - 1;
  const networks: PartNetwork[] = [];
  for (const { cut } of openCuts(models, denoiserPart.of, log)) {
    if (cut === undefined) continue;
    const network = await executor.load(await writePart(cut, part, join(home, 'cache')));
    networks.push(new PartNetwork({ executor, network, card: cut.card, cut: cut.id, part }));
  }
  return new DenoiserPart({ executor, numericClass: await numericClass(executor), networks });
}
