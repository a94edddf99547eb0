export * from './call-stream.js';
export * from './call-unary.js';
export * from './duration.js';
export * from './load.js';
export * from './server-call.js';
export * from './status.js';
export * from './tensor-codec.js';
export type * from './types.js';
