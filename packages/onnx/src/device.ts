import { existsSync } from 'node:fs';
import { invalidField } from '@tessera/core';

/** A device that can be named; `auto` takes the first of cuda:0, webgpu and cpu that works. */
export type DeviceName = 'cpu' | 'webgpu' | `cuda:${number}`;
export type DeviceChoice = DeviceName | 'auto';

/** @throws TesseraError invalid_argument */
export function parseDevice(value: string): DeviceChoice {
  if (value === 'auto' || value === 'cpu' || value === 'webgpu' || /^cuda:\d{1,2}$/.test(value)) {
    return value as DeviceChoice;
  }
  throw invalidField('device', 'must be auto, cpu, webgpu or cuda:N', value);
}

const LADDER: readonly DeviceName[] = ['cuda:0', 'webgpu', 'cpu'];

/** What to try, in order. A named device has no successor: it is there or it is an error. */
export function devicesToTry(choice: DeviceChoice): readonly DeviceName[] {
  return choice === 'auto' ? LADDER : [choice];
}

/** ONNX Runtime's name for the device's execution provider, and its options. */
export function executionProvider(device: DeviceName): string | { readonly name: string; readonly deviceId: number } {
  if (!device.startsWith('cuda:')) return device;
  return { name: 'cuda', deviceId: Number(device.slice('cuda:'.length)) };
}

/** `cuda` of `cuda:0`. */
export function providerOf(device: DeviceName): string {
  return device.split(':')[0] as string;
}

const LINUX_GPU_FILES = ['/dev/dri', '/dev/nvidiactl', '/dev/dxg', '/dev/kfd'];

/**
 * Whether it is worth asking a GPU provider at all. Without any GPU the
 * providers' libraries write warnings of their own to stderr before they fail.
 */
export function mayHaveGpu(): boolean {
  return process.platform !== 'linux' || LINUX_GPU_FILES.some((path) => existsSync(path));
}
