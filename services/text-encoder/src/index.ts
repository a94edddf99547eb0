export { conditioningInputs } from './conditioning-inputs.js';
export { startTextEncoder } from './start-text-encoder.js';
export { type PromptConditioning, TextEncoder } from './text-encoder.js';
