import { Command } from 'commander';
import { addCancel } from './commands/cancel.js';
import { type CommandContext, examples } from './commands/command-context.js';
import { addConfig } from './commands/config.js';
import { addGenerate } from './commands/generate.js';
import { addModels } from './commands/models.js';
import { addPs } from './commands/ps.js';
import { addRm } from './commands/rm.js';
import { addStatus } from './commands/status.js';
import { addUp } from './commands/up.js';
import { addVerify } from './commands/verify.js';
import { addVersion } from './commands/version.js';
import { addWatch } from './commands/watch.js';
import { tesseraVersion } from './installation.js';

const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 bad input, 3 unavailable, 130 interrupted.';

/** The `tessera` command. Parsing throws a CommanderError in place of ending the process. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('tessera')
    .description('A streaming inference cluster for latent diffusion models.')
    .version(tesseraVersion())
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', `${examples('tessera generate "a red apple"', 'tessera up')}\n${EXIT_CODES}\n`);
  addUp(program, context);
  addGenerate(program, context);
  addWatch(program, context);
  addCancel(program, context);
  addPs(program, context);
  addRm(program, context);
  addStatus(program, context);
  addModels(program, context);
  addVerify(program, context);
  addConfig(program);
  addVersion(program);
  return program;
}
