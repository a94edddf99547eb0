import { median } from '../../bench/figure.js';
import { measureMegapixel } from '../../bench/megapixel.js';
import type { AcceptancePoint } from '../point.js';

const GAIN_LIMIT = 0.92;
/** Frames, orders and names beside the windows themselves. */
const BYTES_LIMIT = 1.1;
const GATEWAY_LIMIT = 0.05;
const COST_TOLERANCE = 0.05;

export const manyDenoisersPoint: AcceptancePoint = {
  id: 'megapixel.7',
  title: 'two denoisers gain what two bare processes do; bytes, gateway time and cost are those of the windows',
  run: async () => {
    const measured = await measureMegapixel();
    const value = {
      ...measured,
      ratio: median(measured.ratios),
      bytes: measured.bytesPerStep / measured.windowBytesPerStep,
      gateway: measured.gatewayMsPerStep / measured.stepMs,
      cost: measured.tiledCost / measured.overlapCost,
    };
    return {
      value,
      limit: { ratio: GAIN_LIMIT, bytes: BYTES_LIMIT, gateway: GATEWAY_LIMIT, cost: `1 ± ${COST_TOLERANCE}` },
      pass:
        value.ratio >= GAIN_LIMIT &&
        value.bytes <= BYTES_LIMIT &&
        value.gateway <= GATEWAY_LIMIT &&
        Math.abs(value.cost - 1) <= COST_TOLERANCE,
    };
  },
};
