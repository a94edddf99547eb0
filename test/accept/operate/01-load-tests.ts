import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyedTenant, writeKeyFile } from '../../support/api-keys.js';
import { type LoadtestVerdict, runLoadtest } from '../../support/loadtest.js';
import { type ProcessClusterOptions, startProcessCluster } from '../../support/process-cluster.js';
import type { AcceptancePoint } from '../point.js';

/** So that a few generations fill two runs, whatever company gains on this machine at this moment. */
const ROWS = 4;

/** A scenario as it is run here: short, on two cores. */
interface Run {
  readonly scenario: string;
  readonly args: readonly string[];
  /** The cluster asks for keys of so many tenants. */
  readonly tenants?: number;
}

const SMOKE: Run = { scenario: 'smoke', args: ['--duration', '15s'] };
const CANCEL_STORM: Run = { scenario: 'cancel-storm', args: ['--duration', '18s'] };
const TWO_TENANTS: Run = { scenario: 'two-tenants', args: ['--duration', '30s'], tenants: 2 };
const SLOW_VIEWERS: Run = { scenario: 'slow-viewers', args: ['--duration', '55s', '--rate', '0.3'] };
const STRESS: Run = { scenario: 'stress', args: ['--duration', '25s'] };
const RUNS = [SMOKE, CANCEL_STORM, TWO_TENANTS, SLOW_VIEWERS, STRESS];

/** A protection that is off, and the thresholds that then fail. */
interface CounterProof {
  readonly run: Run;
  readonly without: NonNullable<ProcessClusterOptions['without']>;
  readonly fails: readonly string[];
}

const COUNTER_PROOFS: readonly CounterProof[] = [
  {
    run: SMOKE,
    without: { gateway: { releasesPlaces: false } },
    fails: ['tessera_failed', 'tessera_time_to_first_preview', 'tessera_total'],
  },
  {
    // Either keeps previews close: that few run at once, and that those with the least left go first.
    run: SMOKE,
    without: { gateway: { boundsRunning: false, fairOrder: false }, denoiser: { fairOrder: false } },
    fails: ['tessera_preview_gap'],
  },
  { run: SMOKE, without: { gateway: { boundsQueue: false } }, fails: ['tessera_refusal_latency'] },
  {
    run: CANCEL_STORM,
    without: { gateway: { releasesPlaces: false } },
    fails: ['tessera_cancel_to_idle', 'tessera_failed', 'tessera_time_to_first_preview'],
  },
  { run: CANCEL_STORM, without: { gateway: { withdrawsCalls: false } }, fails: ['tessera_cancel_to_idle'] },
  { run: CANCEL_STORM, without: { denoiser: { withdrawal: false } }, fails: ['tessera_ran_after_cancel'] },
  {
    run: TWO_TENANTS,
    without: { gateway: { fairOrder: false }, denoiser: { fairOrder: false } },
    fails: ['tessera_fairness', 'tessera_time_to_first_preview'],
  },
  { run: SLOW_VIEWERS, without: { gateway: { obeysFlowControl: false } }, fails: ['tessera_stalled_streams'] },
  { run: SLOW_VIEWERS, without: { gateway: { closesSlowViewers: false } }, fails: ['tessera_stalled_streams'] },
  {
    run: STRESS,
    without: { gateway: { boundsQueue: false } },
    fails: ['tessera_refused', 'tessera_refusal_latency', 'tessera_late'],
  },
];

/** Limits by the pace of a machine. The scenarios' own are for any; here they are what was held, and as much again. */
const PACED = ['preview_gap', 'cancel_to_idle'];
const PACED_FACTOR = 2;

/** One point for each run and for each counter-proof, so that they can be run one by one. */
export const loadTestPoints: readonly AcceptancePoint[] = [...RUNS.map(passes), ...COUNTER_PROOFS.map(failsWithout)];

function passes(run: Run): AcceptancePoint {
  return {
    id: `operate.1.${run.scenario}.passes`,
    title: `${run.scenario} by the real k6 passes`,
    run: async () => {
      const verdict = await judged(run, {});
      return { value: valuesOf(verdict), limit: 'all thresholds hold', pass: verdict.pass };
    },
  };
}

function failsWithout({ run, without, fails }: CounterProof): AcceptancePoint {
  const off = [...new Set(Object.values(without).flatMap(Object.keys))];
  const [protection = ''] = off;
  return {
    id: `operate.1.${run.scenario}.${protection}`,
    title: `${run.scenario} fails without ${off.join(' and ')}: ${fails.join(', ')}`,
    run: async () => {
      const isPaced = fails.some((metric) => PACED.includes(nameOf(metric)));
      const held = isPaced ? await judged(run, {}) : undefined;
      const verdict = await judged(run, without, pacedLimits(held));
      const failed = verdict.thresholds.filter(({ pass }) => !pass).map(({ metric }) => metric);
      return {
        value: { failed, values: valuesOf(verdict), ...(held && { held: valuesOf(held) }) },
        limit: { failed: fails },
        pass: fails.every((metric) => failed.includes(metric)),
      };
    },
  };
}

async function judged(
  { scenario, args, tenants = 0 }: Run,
  without: CounterProof['without'],
  limits: readonly string[] = [],
): Promise<LoadtestVerdict> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-loadtest-'));
  try {
    const keyed = Array.from({ length: tenants }, (_, index) => keyedTenant(`tenant-${index}`));
    await writeKeyFile(join(folder, 'api-keys.yaml'), keyed);
    await writeFile(join(folder, 'keys'), keyed.flatMap(({ keys }) => keys).join('\n'));
    const gatewayArgs = tenants === 0 ? [] : ['--api-keys', join(folder, 'api-keys.yaml')];
    const keyArgs = tenants === 0 ? [] : ['--keys', join(folder, 'keys')];
    await using cluster = await startProcessCluster({ without, gatewayArgs, threads: 2, rows: ROWS });
    const { address } = cluster.gateway;
    const flags = [...args, ...limits, ...keyArgs, '--address', address, '--results', join(folder, 'results')];
    const { verdict, stderr } = await runLoadtest([scenario, ...flags]);
    if (verdict === undefined) throw new Error(`${scenario}: ${stderr}`);
    return verdict;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nameOf(metric: string): string {
  return metric.replace('tessera_', '');
}

function pacedLimits(verdict: LoadtestVerdict | undefined): readonly string[] {
  return (verdict?.thresholds ?? []).flatMap(({ metric, value }) => {
    const name = nameOf(metric);
    return PACED.includes(name) && value !== null ? ['--limit', `${name}=${Math.ceil(PACED_FACTOR * value)}`] : [];
  });
}

function valuesOf({ thresholds }: LoadtestVerdict) {
  return Object.fromEntries(
    thresholds.map(({ metric, limit, value, pass }) => [metric, `${value} ${pass ? 'holds' : 'fails'} ${limit}`]),
  );
}
