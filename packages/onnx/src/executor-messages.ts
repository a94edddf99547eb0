import type { Band } from '@tessera/core';
import type { DeviceChoice, DeviceName } from './device.js';
import type { BandReport, GivenToBand } from './graph/bands/band-holder.js';
import type { BandPlan } from './graph/bands/band-plan.js';
import type { NetworkValue, TypedTensor } from './typed-tensor.js';

/** What the executor's thread is started with. */
export interface ExecutorThreadStart {
  readonly device: DeviceChoice;
  readonly threads: number;
  readonly shared: SharedArrayBuffer;
}

/** Fields of the shared counters, as indices into a BigInt64Array. */
export const SHARED_COUNTER = { evaluationsStarted: 0, runningSinceNs: 1 } as const;
export const SHARED_BYTES = 2 * BigInt64Array.BYTES_PER_ELEMENT;

export type ExecutorCommand =
  | { readonly type: 'load'; readonly id: number; readonly source: string | Uint8Array; readonly arena: boolean }
  | BandCommand
  | {
      readonly type: 'run';
      readonly id: number;
      readonly network: number;
      readonly feeds: Readonly<Record<string, TypedTensor>>;
      readonly outputs: readonly string[];
      readonly evaluations: number;
      readonly gate: SharedArrayBuffer;
      readonly mayFail: boolean;
    };

/** What is done with bands of one image that the executor's thread holds. */
export type BandCommand =
  | {
      readonly type: 'hold-bands';
      readonly id: number;
      readonly holding: number;
      readonly plan: BandPlan;
      /** Of each segment by its place in the plan; `undefined` of those that run whole. */
      readonly networks: readonly (number | undefined)[];
      readonly bands: readonly Band[];
      /** Of the whole image. */
      readonly latentRows: number;
      /** Rows are kept in files there instead of in memory. */
      readonly folder: string | undefined;
    }
  | ({ readonly type: 'band'; readonly id: number; readonly holding: number; readonly band: number } & BandAct)
  | { readonly type: 'drop-bands'; readonly id: number; readonly holding: number };

export type BandAct =
  | { readonly act: 'place'; readonly tensor: string; readonly rows: TypedTensor }
  | { readonly act: 'advance'; readonly segment: number; readonly given: GivenToBand }
  | { readonly act: 'rows'; readonly tensor: string };

export interface LoadedNetwork {
  readonly id: number;
  readonly inputs: readonly NetworkValue[];
  readonly outputs: readonly NetworkValue[];
}

export interface SkippedDevice {
  readonly device: DeviceName;
  readonly reason: string;
}

export type ExecutorReport =
  | {
      readonly type: 'opened';
      readonly device: DeviceName;
      readonly skipped: readonly SkippedDevice[];
      readonly runtimeVersion: string;
    }
  | { readonly type: 'no-device'; readonly skipped: readonly SkippedDevice[] }
  | { readonly type: 'loaded'; readonly id: number; readonly network: LoadedNetwork }
  | { readonly type: 'unloadable'; readonly id: number; readonly reason: string }
  | {
      readonly type: 'ran';
      readonly id: number;
      readonly outputs: Readonly<Record<string, TypedTensor>>;
      /** On the process's monotonic clock (process.hrtime), milliseconds. */
      readonly startedAtMs: number;
      readonly endedAtMs: number;
    }
  | { readonly type: 'dropped'; readonly id: number }
  | { readonly type: 'held'; readonly id: number }
  | {
      readonly type: 'banded';
      readonly id: number;
      readonly report: BandReport;
      /** As of a run; what is measured of the result is within. */
      readonly startedAtMs: number;
      readonly endedAtMs: number;
    }
  | { readonly type: 'rows'; readonly id: number; readonly rows: TypedTensor }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  | { readonly type: 'broken'; readonly reason: string };
