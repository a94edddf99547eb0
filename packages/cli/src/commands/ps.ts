import type { Generation, GenerationState } from '@tessera/client';
import { type Command, Option } from 'commander';
import { generationJson } from '../output/event-json.js';
import { readableMs } from '../output/progress-line.js';
import { table } from '../output/table.js';
import { writeJson, writeOut } from '../output/write-out.js';
import { addClusterCommand, type CommandContext, examples } from './command-context.js';

const STATES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const satisfies GenerationState[];
const LONGEST_PROMPT = 40;

interface PsOptions {
  readonly state?: GenerationState;
  readonly json: boolean;
}

export function addPs(program: Command, context: CommandContext): void {
  const command = program
    .command('ps')
    .description('list generations, newest first')
    .addOption(new Option('--state <STATE>', 'only those in this state').choices(STATES))
    .option('--json', 'one line of JSON for each', false)
    .addHelpText('after', examples('tessera ps', 'tessera ps --state running --json'));
  addClusterCommand<[], PsOptions>(command, context, async ({ client, signal }, { state, json }) => {
    const rows: string[][] = [];
    for await (const generation of client.listGenerations({ state, signal })) {
      if (json) await writeJson(generationJson(generation));
      else rows.push(rowOf(generation));
    }
    if (!json) await writeOut(table(['ID', 'STATE', 'AGE', 'MODEL', 'SIZE', 'STEPS', 'SEED', 'PROMPT'], rows));
  });
}

function rowOf({ generationId, state, createdAt, plan, prompt }: Generation): string[] {
  const line = prompt.replace(/\s+/g, ' ');
  return [
    generationId,
    state,
    readableMs(Date.now() - createdAt.getTime()),
    plan.model,
    `${plan.width}×${plan.height}${plan.count > 1 ? ` ×${plan.count}` : ''}`,
    String(plan.steps),
    plan.seed,
    line.length > LONGEST_PROMPT ? `${line.slice(0, LONGEST_PROMPT - 1)}…` : line,
  ];
}
