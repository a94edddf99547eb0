import type { Pacing } from '@tessera/proto';
import type { Protections } from '../protections.js';

/**
 * How the streams of the public API are written. The largest event has 3 MiB
 * of images: a viewer that needs more than 30 s for it reads at less than
 * 0.9 Mbit/s, and does better to fetch the images with DownloadImage. Whoever
 * reads again within 10 s is told why its stream ended.
 */
export const VIEWER_PACING: Pacing = { unreadMs: 30_000, resetAfterMs: 10_000 };

/** The pacing without what is turned off. */
export function protectedPacing(
  { unreadMs, ...rest }: Pacing,
  { closesSlowViewers, obeysFlowControl }: Protections,
): Pacing {
  const unlimitedMs = 2 ** 31 - 1;
  return { ...rest, unreadMs: closesSlowViewers ? (unreadMs ?? unlimitedMs) : unlimitedMs, obeysFlowControl };
}
