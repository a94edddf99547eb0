import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TesseraError } from '@tessera/core';
import type { LoadtestArguments } from './arguments.js';
import { bringUp, type LoadedCluster } from './cluster.js';
import { findK6, type K6Run, runK6 } from './k6.js';
import { RESULTS_FOLDER } from './paths.js';
import { type K6Summary, type Verdict, verdictOf } from './verdict.js';
import { startPausedViewers } from './viewers-process.js';

export interface LoadtestResult {
  readonly scenario: string;
  /** Holds report.html and summary.json. */
  readonly folder: string;
  /** Generations a second that the cluster makes when it is full, where it was measured or needed. */
  readonly capacity: number | undefined;
  readonly summary: K6Summary;
  readonly verdict: Verdict;
}

const CAPACITY_MS = 15_000;

/**
 * Runs one scenario with the real k6, against the cluster at the address or
 * one that is brought up for it.
 *
 * @throws TesseraError `unavailable` when k6 or the cluster is not there, and what {@link runK6} throws.
 */
export async function runLoadtest(args: LoadtestArguments, signal: AbortSignal): Promise<LoadtestResult> {
  const k6 = findK6();
  if (k6 === undefined) throw new TesseraError('unavailable', 'there is no k6: npm run k6:install');
  const { scenario } = args;
  const folder = args.results ?? join(RESULTS_FOLDER, `${scenario.name}-${timestamp()}`);
  await mkdir(folder, { recursive: true });
  await using cluster = await clusterFor(args, folder, signal);
  const { address, apiKeys } = cluster;
  const ca = args.tlsCa === undefined ? undefined : await readFile(args.tlsCa, 'utf8');
  const access = { apiKeys, ca };
  const base = { k6, address, signal };
  const { durationMs, rate, limits } = args;
  const needsCapacity = scenario.load !== 'own' && rate === undefined;
  const capacity = needsCapacity ? (args.capacity ?? (await measureCapacity(base, folder, access))) : undefined;
  const told = { durationMs, rate, limits, capacity, ...access };
  await using _viewers =
    scenario.pausedViewers === 0
      ? { [Symbol.asyncDispose]: async () => {} }
      : await startPausedViewers(address, scenario.pausedViewers, { apiKey: apiKeys[0], caFile: args.tlsCa });
  const summary = await runK6({ ...base, scenario: scenario.name, told, folder });
  const measured = scenario.name === 'capacity' ? capacityIn(summary) : capacity;
  return { scenario: scenario.name, folder, capacity: measured, summary, verdict: verdictOf(summary) };
}

async function clusterFor(args: LoadtestArguments, folder: string, signal: AbortSignal): Promise<LoadedCluster> {
  const { address, keys, clusterArgs, scenario } = args;
  if (address === undefined) return bringUp({ args: clusterArgs, tenants: scenario.tenants, folder, signal });
  const apiKeys = keys === undefined ? [] : (await readFile(keys, 'utf8')).split('\n').filter((line) => line !== '');
  if (apiKeys.length < scenario.tenants) {
    throw new TesseraError('invalid_argument', `${scenario.name} plays ${scenario.tenants} tenants: give --keys FILE`);
  }
  return { address, apiKeys, [Symbol.asyncDispose]: async () => {} };
}

async function measureCapacity(
  base: Pick<K6Run, 'k6' | 'address' | 'signal'>,
  folder: string,
  access: { readonly apiKeys: readonly string[]; readonly ca: string | undefined },
): Promise<number> {
  const into = join(folder, 'capacity');
  await mkdir(into, { recursive: true });
  const told = { durationMs: CAPACITY_MS, ...access };
  const capacity = capacityIn(await runK6({ ...base, scenario: 'capacity', told, folder: into }));
  if (capacity === 0) throw new TesseraError('unavailable', 'the cluster completes nothing: run smoke');
  return capacity;
}

/** Generations a second. */
function capacityIn({ metrics, state }: K6Summary): number {
  return (1000 * (metrics.tessera_completed?.values.count ?? 0)) / state.testRunDurationMs;
}

function timestamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-');
}
