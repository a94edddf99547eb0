import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type DeviceChoice, type DeviceName, devicesToTry, mayHaveGpu } from './device.js';
import type { SkippedDevice } from './executor-messages.js';
import { probeGraph } from './probe-graph.js';
import { sessionOptions } from './session-options.js';

export interface DeviceSearch {
  /** The first device on which the probe graph ran and was right; `undefined` when none did. */
  readonly device: DeviceName | undefined;
  readonly skipped: readonly SkippedDevice[];
}

export async function searchDevice(choice: DeviceChoice): Promise<DeviceSearch> {
  const skipped: SkippedDevice[] = [];
  for (const device of devicesToTry(choice)) {
    const reason = await reasonAgainst(device, choice);
    if (reason === undefined) return { device, skipped };
    skipped.push({ device, reason });
  }
  return { device: undefined, skipped };
}

async function reasonAgainst(device: DeviceName, choice: DeviceChoice): Promise<string | undefined> {
  if (choice === 'auto' && device !== 'cpu' && !mayHaveGpu()) return 'no GPU on this machine';
  try {
    const session = await InferenceSession.create(probeGraph(), sessionOptions(device, 1, true));
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3, 4), [4]) });
    await session.release();
    return String(y?.data) === '2,4,6,8' ? undefined : 'the probe graph came out wrong';
  } catch (thrown) {
    return firstLine(thrown);
  }
}

export function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.trim().split('\n')[0] ?? '';
}
