import { type OpenedModel, openModel, resolveModel } from '@tessera/models';
import { BUILT_IN_MODELS, type WorkerSettings } from '@tessera/runtime';

/**
 * The models that this worker is told to serve, with the files of its stage held to their hashes.
 *
 * @param verify `card` of a denoiser in parts: its networks are verified when they are cut.
 * @throws TesseraError failed_precondition naming the file at fault; not_found.
 */
export function openModels(
  settings: WorkerSettings,
  signal: AbortSignal,
  verify: 'denoiser' | 'card' = 'denoiser',
): Promise<readonly OpenedModel[]> {
  return Promise.all(
    settings.models.map(async (nameOrPath) => {
      const { name, folder } = await resolveModel(nameOrPath, { home: settings.home, builtinDir: BUILT_IN_MODELS });
      return openModel(folder, { verify, name, signal });
    }),
  );
}
