import { exactDecodePoints } from './01-exact-decode.js';
import { decodeTimePoint } from './02-decode-time.js';
import { partsOfDenoiserPoint } from './03-parts-of-denoiser.js';
import { largeModelPoint } from './04-large-model.js';
import { lostPartPoint } from './05-lost-part.js';
import { uncuttablePoint } from './06-uncuttable.js';

export const sharding = [
  ...exactDecodePoints,
  decodeTimePoint,
  partsOfDenoiserPoint,
  largeModelPoint,
  lostPartPoint,
  uncuttablePoint,
] as const;
