import { type Arithmetic, type GenerationRecord, type SchedulerState, TesseraError } from '@tessera/core';
import { newestGoodState, type StateReader } from '../checkpoints/newest-good-state.js';
import type { Dispatcher } from '../stages/dispatcher.js';
import type { GenerationWriter } from './generation-writer.js';

export interface AttemptServices extends StateReader {
  readonly dispatcher: Dispatcher;
  readonly arithmeticVersion: string;
}

/** From where, and with what, the images of a generation are made. */
export interface Attempt {
  readonly fence: number;
  readonly arithmetic: Arithmetic;
  /** Resolves once the log says so; nothing is told of its steps before. */
  readonly begun: Promise<unknown>;
  /** Of the images that go on from a checkpoint. */
  readonly states: ReadonlyMap<number, SchedulerState>;
}

/** Gateways that one generation may take along before it is taken to be at fault. */
const MOST_FRUITLESS_LEASES = 5;

/**
 * Starts a generation, or finds out where it goes on: inside the arithmetic in
 * which it began, as long as there is any worker of its numeric class;
 * otherwise from its first step in another one, which its log then tells.
 *
 * @param patience the Bus is waited for until it is aborted.
 * @throws TesseraError `unavailable` when no denoiser came in time; `internal` with reason `POISON` when the
 *   generation keeps ending its gateways.
 */
export async function beginAttempt(
  services: AttemptServices,
  writer: GenerationWriter,
  signal: AbortSignal,
  patience: AbortSignal,
): Promise<Attempt> {
  const { record } = writer;
  const { fence = 0 } = record.lease ?? {};
  if (record.fruitlessLeases > MOST_FRUITLESS_LEASES) {
    const text = `${record.fruitlessLeases} gateways were lost while they ran this generation`;
    throw new TesseraError('internal', text, { reason: 'POISON' });
  }
  if (record.arithmetic === undefined) {
    const arithmetic = await newArithmetic(services, record, signal);
    const begun = writer.event({ type: 'started' }, { arithmetic });
    return { fence, arithmetic, begun, states: new Map() };
  }
  const reason = await whyNotAsBefore(services, record, record.arithmetic, signal);
  if (reason !== undefined) {
    const arithmetic = await newArithmetic(services, record, signal);
    for (const imageIndex of unfinished(record)) await restart(writer, imageIndex, reason, arithmetic);
    return { fence, arithmetic, begun: Promise.resolve(), states: new Map() };
  }
  const { arithmetic } = record;
  const states = new Map<number, SchedulerState>();
  for (const imageIndex of unfinished(record)) {
    const state = await newestGoodState(services, record, imageIndex, arithmetic, patience);
    if (state !== undefined) states.set(imageIndex, state);
    else if ((record.checkpoints[imageIndex] ?? []).length > 0) {
      await restart(writer, imageIndex, 'none of its checkpoints can be used', arithmetic);
    }
  }
  return { fence, arithmetic, begun: Promise.resolve(), states };
}

/** Images that are not complete yet. */
export function unfinished({ plan, finished }: GenerationRecord): readonly number[] {
  return Array.from({ length: plan.count }, (_, imageIndex) => imageIndex).filter(
    (index) => finished[index] === undefined,
  );
}

async function newArithmetic(
  { dispatcher, arithmeticVersion }: AttemptServices,
  { plan }: GenerationRecord,
  signal: AbortSignal,
): Promise<Arithmetic> {
  return { numericClass: await dispatcher.choice.chooseNumericClass(plan.modelSha256, signal), arithmeticVersion };
}

async function whyNotAsBefore(
  { dispatcher, arithmeticVersion }: AttemptServices,
  { plan }: GenerationRecord,
  before: Arithmetic,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (before.arithmeticVersion !== arithmeticVersion) return 'no gateway of its arithmetic version is left';
  const isThere = await dispatcher.choice.hasNumericClass(plan.modelSha256, before.numericClass, signal);
  return isThere ? undefined : 'no denoiser of its numeric class is left';
}

async function restart(
  writer: GenerationWriter,
  imageIndex: number,
  reason: string,
  arithmetic: Arithmetic,
): Promise<void> {
  await writer.event({ type: 'restarted', imageIndex, stepIndex: 0, reason }, { arithmetic });
}
