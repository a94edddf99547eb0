/**
 * The thread that owns the sessions of one device. `create` and `run` of
 * onnxruntime-node block the thread that calls them for as long as they take,
 * so they are called nowhere else.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { env, InferenceSession } from 'onnxruntime-node';
import { HeldBands } from './bands/held-bands.js';
import { collectGarbage } from './collect-garbage.js';
import type { DeviceName } from './device.js';
import {
  type BandCommand,
  type ExecutorCommand,
  type ExecutorReport,
  type ExecutorThreadStart,
  type LoadedNetwork,
  SHARED_COUNTER,
} from './executor-messages.js';
import type { NamedTensors } from './graph/parts/run-parts.js';
import { searchDevice } from './open-device.js';
import { ortTensor, typedTensor } from './ort-tensor.js';
import { passGate } from './run-gate.js';
import { sessionOptions } from './session-options.js';
import type { TypedTensor } from './typed-tensor.js';
import { yieldCores } from './yield-cores.js';

const start = workerData as ExecutorThreadStart;
const counters = new BigInt64Array(start.shared);
const sessions: InferenceSession[] = [];

function report(message: ExecutorReport, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function load(
  device: DeviceName,
  { id, source, arena }: Extract<ExecutorCommand, { type: 'load' }>,
): Promise<void> {
  const options = sessionOptions(device, start.threads, arena);
  let session: InferenceSession;
  try {
    // By path, so that external data files are found beside the graph.
    session = await (typeof source === 'string'
      ? InferenceSession.create(source, options)
      : InferenceSession.create(source, options));
  } catch (thrown) {
    report({ type: 'unloadable', id, reason: reasonOf(thrown) });
    return;
  }
  const network: LoadedNetwork = {
    id: sessions.push(session) - 1,
    inputs: session.inputMetadata.map(networkValue),
    outputs: session.outputMetadata.map(networkValue),
  };
  report({ type: 'loaded', id, network });
}

function networkValue(value: InferenceSession.ValueMetadata) {
  return value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: 'not a tensor', shape: [] };
}

type RunCommand = Extract<ExecutorCommand, { type: 'run' }>;

async function run(command: RunCommand): Promise<void> {
  try {
    await runNetwork(command);
  } catch (thrown) {
    if (!command.mayFail) throw thrown;
    Atomics.store(counters, SHARED_COUNTER.runningSinceNs, 0n);
    report({ type: 'failed', id: command.id, reason: reasonOf(thrown) });
  }
}

async function runNetwork(command: RunCommand): Promise<void> {
  const { id, network, feeds, outputs, evaluations, gate } = command;
  if (!passGate(gate)) {
    report({ type: 'dropped', id });
    return;
  }
  const session = sessions[network];
  if (session === undefined) throw new Error(`there is no network ${network}`);
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, ortTensor(feed)]));
  Atomics.add(counters, SHARED_COUNTER.evaluationsStarted, BigInt(evaluations));
  const startedAt = process.hrtime.bigint();
  Atomics.store(counters, SHARED_COUNTER.runningSinceNs, startedAt);
  const results = await session.run(inputs, outputs);
  const endedAt = process.hrtime.bigint();
  Atomics.store(counters, SHARED_COUNTER.runningSinceNs, 0n);

  const typed: Record<string, TypedTensor> = {};
  for (const name of outputs) {
    const result = results[name];
    if (result === undefined) throw new Error(`the network gave no ${name}`);
    typed[name] = typedTensor(result);
  }
  const memory = new Set(Object.values(typed).map(({ data }) => data.buffer as ArrayBuffer));
  const [startedAtMs, endedAtMs] = [Number(startedAt) / 1e6, Number(endedAt) / 1e6];
  report({ type: 'ran', id, outputs: typed, startedAtMs, endedAtMs }, [...memory]);
}

async function runSegment(network: number, feeds: NamedTensors): Promise<NamedTensors> {
  const session = sessions[network];
  if (session === undefined) throw new Error(`there is no network ${network}`);
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, ortTensor(feed)]));
  Atomics.store(counters, SHARED_COUNTER.runningSinceNs, process.hrtime.bigint());
  try {
    const results = await session.run(inputs);
    return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, typedTensor(result)]));
  } finally {
    Atomics.store(counters, SHARED_COUNTER.runningSinceNs, 0n);
  }
}

const bands = new HeldBands(runSegment, () => {
  Atomics.add(counters, SHARED_COUNTER.evaluationsStarted, 1n);
});

/** What goes wrong with a band is its decode's alone, such as want of memory or of room on the disk. */
async function runBand(command: BandCommand): Promise<void> {
  try {
    const { answer, memory } = await bands.run(command).catch(async () => {
      // Nothing has changed, and there may be more memory without what is garbage.
      await collectGarbage();
      return bands.run(command);
    });
    report(answer, memory);
  } catch (thrown) {
    report({ type: 'failed', id: command.id, reason: reasonOf(thrown) });
  }
}

function execute(device: DeviceName, command: ExecutorCommand): Promise<void> {
  switch (command.type) {
    case 'load':
      return load(device, command);
    case 'run':
      return run(command);
    default:
      return runBand(command);
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message.trim() : String(thrown);
}

async function main(): Promise<void> {
  env.logLevel = 'fatal';
  const { device, skipped } = await searchDevice(start.device);
  if (device === undefined) {
    report({ type: 'no-device', skipped });
    return;
  }
  yieldCores(device);
  report({ type: 'opened', device, skipped, runtimeVersion: env.versions.node ?? env.versions.common });

  let turn = Promise.resolve();
  parentPort?.on('message', (command: ExecutorCommand) => {
    turn = turn
      .then(() => execute(device, command))
      .catch((thrown) => report({ type: 'broken', reason: reasonOf(thrown) }));
  });
}

await main();
