import {
  type ComposePlan,
  type SeamFigures,
  type Tiling,
  WINDOW_GRIDS,
  WINDOW_SCHEMES,
  WRAP_AXES,
} from '@tessera/core';
import type { WireComposePlan__Output, WireSeamFigures__Output, WireTiling__Output } from './types.js';

/** What plan and receipt tell of a canvas of several windows, where there is something to tell. */
export interface CanvasFields {
  readonly tiling?: Tiling;
  readonly compose?: ComposePlan;
}

/** @throws RangeError for a scheme or axes that this version does not know. */
export function canvasFieldsFromWire(wire: {
  readonly tiling: WireTiling__Output | null;
  readonly compose: WireComposePlan__Output | null;
}): CanvasFields {
  return {
    ...(wire.tiling && { tiling: tilingFromWire(wire.tiling) }),
    ...(wire.compose && { compose: wire.compose }),
  };
}

function tilingFromWire({ overlap, wrap, scheme, grid }: WireTiling__Output): Tiling {
  const axes = known(WRAP_AXES, wrap, 'wrap');
  const weights = known(WINDOW_SCHEMES, scheme, 'window scheme');
  // Before there was another grid none was told.
  const places = known(WINDOW_GRIDS, grid || 'fixed', 'window grid');
  return { ...(overlap !== undefined && { overlap }), wrap: axes, scheme: weights, grid: places };
}

export function seamsFromWire({ worst, ...figures }: WireSeamFigures__Output): SeamFigures {
  if (worst === null) throw new RangeError('seams without the worst of them');
  const { axis, position } = worst;
  return { ...figures, worst: { axis: known(['x', 'y'], axis, 'axis'), position, ratio: worst.ratio } };
}

function known<Name extends string>(names: readonly Name[], value: string, kind: string): Name {
  const name = names.find((candidate) => candidate === value);
  if (name === undefined) throw new RangeError(`${kind} ${value}`);
  return name;
}
