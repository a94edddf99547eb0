import { exactDecodePoint } from './01-exact-decode.js';
import { decodeTimePoint } from './02-decode-time.js';

export const sharding = [exactDecodePoint, decodeTimePoint] as const;
