import { join } from 'node:path';
import { numericClass, parseDevice, startExecutor } from '@tessera/onnx';
import type { Logger, PartChoice, WorkerSettings } from '@tessera/runtime';
import { openModels } from '../open-models.js';
import { DenoiserPart } from './denoiser-part.js';
import { openCuts, verifyDenoiser } from './open-cuts.js';
import { openPart } from './open-part.js';
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
    openModels(settings, signal, 'card'),
  ]);
  const part = denoiserPart.part - 1;
  const networks: PartNetwork[] = [];
  const cache = join(home, 'cache');
  for (const { opened, cut } of openCuts(models, denoiserPart.of, log)) {
    if (cut === undefined) continue;
    const verify = () => verifyDenoiser(opened, log, signal);
    const network = await executor.load(await openPart(cut, part, { cache, verify, signal }));
    networks.push(new PartNetwork({ executor, network, card: cut.card, cut: cut.id, part }));
  }
  return new DenoiserPart({ executor, numericClass: await numericClass(executor), networks });
}
