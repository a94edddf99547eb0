import type { Duration, Duration__Output } from './generated/google/protobuf/Duration.js';

/** google.protobuf.Duration of a number of milliseconds (fractions kept to the nanosecond). */
export function durationFromMs(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** Milliseconds; `undefined` for an unset duration. */
export function msFromDuration(duration: Duration__Output | null | undefined): number | undefined {
  if (duration === null || duration === undefined) return undefined;
  return Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}
