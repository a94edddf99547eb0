import { everyCanvasPoint } from './03-every-canvas.js';
import { nativeBitsPoint } from './04-native-bits.js';
import { seamsPoint } from './05-seams.js';

export const megapixel = [everyCanvasPoint, nativeBitsPoint, seamsPoint] as const;
