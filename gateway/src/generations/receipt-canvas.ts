import { bandEdgeRows, createSeamMeter, type Plan, type Receipt, type SeamMeter, seamEdgesOf } from '@tessera/core';

/** Measures the image while its rows arrive; `undefined` where no window and no band ends inside it. */
export function seamMeterOf(plan: Plan): SeamMeter | undefined {
  const { decode, height, latentShape } = plan;
  const edges = seamEdgesOf(plan, decode && bandEdgeRows(decode, height, height / latentShape[1]));
  return edges && createSeamMeter(plan, edges);
}

/** What a receipt tells of a canvas of several windows, and of its seams. */
export function canvasOfReceipt(
  { tiling, compose }: Plan,
  meter: SeamMeter | undefined,
): Pick<Receipt, 'tiling' | 'compose' | 'seams'> {
  return {
    ...(tiling && { tiling }),
    ...(compose && { compose }),
    ...(meter && { seams: meter.figures() }),
  };
}
