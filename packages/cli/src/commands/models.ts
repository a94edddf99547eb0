import { TesseraError } from '@tessera/core';
import {
  addModel,
  type ListedModel,
  listModels,
  listModelsIn,
  removeModel,
  resolveModel,
  verifyModel,
} from '@tessera/models';
import { BUILT_IN_MODELS, defineSettings, SHARED_SETTINGS } from '@tessera/runtime';
import type { Command } from 'commander';
import { addSettings, commandSettings } from '../command-settings.js';
import { table } from '../output/table.js';
import { writeJson, writeOut } from '../output/write-out.js';
import { type CommandContext, examples } from './command-context.js';

const STORE_SETTINGS = defineSettings({ config: SHARED_SETTINGS.config, home: SHARED_SETTINGS.home });
const MIB = 1024 * 1024;

const homeOf = (command: Command) => commandSettings(command, STORE_SETTINGS).values.home;

export function addModels(program: Command, { signal }: CommandContext): void {
  const models = program
    .command('models')
    .description('the models stored on this machine')
    .addHelpText('after', examples('tessera models add ./sd15-onnx --name sd15', 'tessera up --model sd15'));
  addList(models);
  addAdd(models, signal);
  addVerify(models, signal);
  addRemove(models);
}

function addList(models: Command): void {
  const command = models
    .command('list')
    .description('list stored and built-in models')
    .option('--json', 'one line of JSON for each', false)
    .addHelpText('after', examples('tessera models list', 'tessera models list --json'));
  addSettings(command, STORE_SETTINGS).action(async ({ json }: { json: boolean }, self: Command) => {
    const stored = (await listModels(homeOf(self))).map((model) => ({ ...model, origin: 'store' }));
    const builtIn = (await listModelsIn(BUILT_IN_MODELS)).map((model) => ({ ...model, origin: 'built-in' }));
    const all = [...stored, ...builtIn];
    if (!json) return writeOut(table(['NAME', 'ORIGIN', 'SIZE', 'SHA256', 'FOLDER'], all.map(rowOf)));
    for (const model of all) await writeJson(model);
  });
}

function rowOf(model: ListedModel & { readonly origin: string }): string[] {
  if (model.state === 'unusable') return [model.name, model.origin, '-', model.problem, model.folder];
  return [model.name, model.origin, `${Math.round(model.bytes / MIB)} MiB`, model.sha256.slice(0, 12), model.folder];
}

function addAdd(models: Command, signal: AbortSignal): void {
  const command = models
    .command('add')
    .description('copy what a diffusers ONNX folder needs into the store, with a manifest of sha256')
    .argument('<dir>', 'folder with model_index.json')
    .option('--name <NAME>', "name in the store (default: the folder's)")
    .option('--replace', 'take the place of a model of the same name', false)
    .option('--json', 'one line of JSON', false)
    .addHelpText(
      'after',
      examples('tessera models add ./sd15-onnx', 'tessera models add ./sdxl-onnx --name sdxl --replace'),
    );
  addSettings(command, STORE_SETTINGS).action(
    async (dir: string, { name, replace, json }: { name?: string; replace: boolean; json: boolean }, self: Command) => {
      const added = await addModel(dir, { home: homeOf(self), replace, signal, ...(name !== undefined && { name }) });
      if (json) {
        const { folder, card, ignored } = added;
        return writeJson({ name: added.name, folder, sha256: card.sha256, ignored });
      }
      for (const path of added.ignored) process.stderr.write(`ignored ${path}\n`);
      await writeOut(`${added.name}\n`);
    },
  );
}

interface VerifyOptions {
  readonly sha256?: string;
  readonly json: boolean;
}

function addVerify(models: Command, signal: AbortSignal): void {
  const command = models
    .command('verify')
    .description('hash every file of a model and hold it against the manifest')
    .argument('<name>', 'stored or built-in model, or a folder')
    .option('--sha256 <HEX>', 'refuse the model unless this is its sha256')
    .option('--json', 'one line of JSON', false)
    .addHelpText('after', examples('tessera models verify sd15'));
  addSettings(command, STORE_SETTINGS).action(async (name: string, options: VerifyOptions, self: Command) => {
    const { folder } = await resolveModel(name, { home: homeOf(self), builtinDir: BUILT_IN_MODELS });
    const { card } = await verifyModel(folder, { signal });
    assertIdentity(name, card.sha256, options.sha256);
    await (options.json ? writeJson({ name, folder, sha256: card.sha256 }) : writeOut(`${card.sha256}\n`));
  });
}

function assertIdentity(name: string, sha256: string, expected: string | undefined): void {
  if (expected === undefined || expected.toLowerCase() === sha256) return;
  const message = `${name} is ${sha256}, and ${expected} is asked for`;
  throw new TesseraError('failed_precondition', message, { reason: 'MODEL_UNUSABLE' });
}

function addRemove(models: Command): void {
  const command = models
    .command('rm')
    .description('delete models from the store')
    .argument('<name...>', 'stored models')
    .addHelpText('after', examples('tessera models rm sd15'));
  addSettings(command, STORE_SETTINGS).action(async (names: readonly string[], _options: object, self: Command) => {
    for (const name of names) await removeModel(homeOf(self), name);
  });
}
