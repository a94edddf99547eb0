import { type ParseArgsConfig, parseArgs } from 'node:util';
import { invalidField, TesseraError } from '@tessera/core';
import { SCENARIOS, type Scenario } from './scenarios.js';

export interface LoadtestArguments {
  readonly scenario: Scenario;
  /** `host:port` of the gateway; a cluster is brought up when not given. */
  readonly address?: string;
  readonly durationMs?: number;
  /** Generations a second that are offered. */
  readonly rate?: number;
  /** Generations a second that the cluster makes when it is full; measured first when needed and not given. */
  readonly capacity?: number;
  /** Limits in place of the scenario's, by name. */
  readonly limits: Readonly<Record<string, number>>;
  /** File of API keys, one a line. */
  readonly keys?: string;
  /** File of who signs the gateway's certificate, PEM; plain text when not given. */
  readonly tlsCa?: string;
  readonly results?: string;
  readonly json: boolean;
  /** For `tessera up`. */
  readonly clusterArgs: readonly string[];
}

const OPTIONS = {
  address: { type: 'string' },
  duration: { type: 'string' },
  rate: { type: 'string' },
  capacity: { type: 'string' },
  limit: { type: 'string', multiple: true },
  keys: { type: 'string' },
  'tls-ca': { type: 'string' },
  results: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

const NAMES = SCENARIOS.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join('\n');

export const USAGE = `npm run loadtest -- SCENARIO [options] [-- arguments of tessera up]

${NAMES}

  --address HOST:PORT   cluster to load (TESSERA_ADDRESS); one is brought up for the run when not given
  --duration TIME       of the load, 20s or 5m; each scenario has its own
  --rate N              generations a second to offer, in place of a share of the capacity
  --capacity N          generations a second that the cluster makes when it is full, in place of measuring it first
  --limit NAME=VALUE    a threshold's value in place of the scenario's; may be repeated
  --keys FILE           API keys of the tenants, one a line, where the cluster at --address asks for them
  --tls-ca FILE         speak TLS to the cluster at --address: who signs its certificate, PEM; plain text when not given
  --results FOLDER      for report.html and summary.json (loadtests/results/SCENARIO-TIME)
  --json                the verdict as one line of JSON
`;

/**
 * @returns `undefined` when the usage was asked for.
 * @throws TesseraError `invalid_argument`
 */
export function parseArguments(argv: readonly string[], environment: NodeJS.ProcessEnv): LoadtestArguments | undefined {
  const { values, positionals, own } = parsed(argv);
  if (values.help) return undefined;
  const [name, ...more] = own;
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) {
    throw invalidField(
      'SCENARIO',
      `must be one of ${SCENARIOS.map((each) => each.name).join(', ')}`,
      name ?? 'nothing',
    );
  }
  if (more.length > 0) throw new TesseraError('invalid_argument', `one scenario at a time; got ${more.join(', ')} too`);
  const address = values.address ?? environment.TESSERA_ADDRESS;
  const clusterArgs = positionals.slice(own.length);
  if (address !== undefined && clusterArgs.length > 0) {
    throw new TesseraError('invalid_argument', 'with an address no cluster is brought up that could take arguments');
  }
  if (address === undefined && values['tls-ca'] !== undefined) {
    throw new TesseraError('invalid_argument', '--tls-ca is for a cluster at --address');
  }
  if (values.rate !== undefined && scenario.load !== 'one rate') {
    throw invalidField('rate', `must not be given for ${scenario.name}, which does not offer one rate`, values.rate);
  }
  return {
    scenario,
    ...(address !== undefined && { address }),
    ...(values.duration !== undefined && { durationMs: milliseconds(values.duration) }),
    ...(values.rate !== undefined && { rate: positive('rate', values.rate) }),
    ...(values.capacity !== undefined && { capacity: positive('capacity', values.capacity) }),
    limits: Object.fromEntries((values.limit ?? []).map(limit)),
    ...(values.keys !== undefined && { keys: values.keys }),
    ...(values['tls-ca'] !== undefined && { tlsCa: values['tls-ca'] }),
    ...(values.results !== undefined && { results: values.results }),
    json: values.json,
    clusterArgs,
  };
}

function parsed(argv: readonly string[]) {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...argv],
      options: OPTIONS,
      allowPositionals: true,
      tokens: true,
    });
    const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? argv.length;
    const own = tokens.filter(({ kind, index }) => kind === 'positional' && index < end).length;
    return { values, positionals, own: positionals.slice(0, own) };
  } catch (thrown) {
    throw new TesseraError('invalid_argument', thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  if (!(ms > 0)) throw invalidField('duration', 'must be a time such as 20s or 5m', text);
  return Math.round(ms);
}

function positive(field: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw invalidField(field, 'must be a number above 0', text);
  return value;
}

function limit(text: string): readonly [string, number] {
  const [, name = '', value = ''] = /^([a-z_]+)=(.+)$/.exec(text) ?? [];
  if (name === '') throw invalidField('limit', 'must be NAME=VALUE', text);
  return [name, positive('limit', value)];
}
