export { type DecodedImage, Decoder } from './decoder.js';
export { startDecoder } from './start-decoder.js';
