import { sizePoints } from './01-sizes.js';
import { placementPoints } from './02-placement.js';
import { everyCanvasPoints } from './03-every-canvas.js';
import { nativeBitsPoint } from './04-native-bits.js';
import { seamsPoint } from './05-seams.js';
import { littleMemoryPoint } from './06-little-memory.js';
import { manyDenoisersPoint } from './07-many-denoisers.js';

export const megapixel = [
  ...sizePoints,
  ...placementPoints,
  ...everyCanvasPoints,
  nativeBitsPoint,
  seamsPoint,
  littleMemoryPoint,
  manyDenoisersPoint,
] as const;
