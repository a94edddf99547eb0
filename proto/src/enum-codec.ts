import { ERROR_CODES, type ErrorCode, type GenerationState, type ImageFormat } from '@tessera/core';
import type { WireErrorCode__Output, WireGenerationState__Output, WireImageFormat__Output } from './types.js';

type UpperCase<Prefix extends string, Name extends string> = `${Prefix}_${Uppercase<Name>}`;

function upperCase<Prefix extends string, Name extends string>(prefix: Prefix, name: Name): UpperCase<Prefix, Name> {
  return `${prefix}_${name.toUpperCase()}` as UpperCase<Prefix, Name>;
}

export function wireFromImageFormat(format: ImageFormat): WireImageFormat__Output {
  return upperCase('IMAGE_FORMAT', format);
}

/** @throws RangeError for a format that this version does not know. */
export function imageFormatFromWire(wire: WireImageFormat__Output): ImageFormat {
  switch (wire) {
    case 'IMAGE_FORMAT_PNG':
      return 'png';
    case 'IMAGE_FORMAT_JPEG':
      return 'jpeg';
    case 'IMAGE_FORMAT_WEBP':
      return 'webp';
    default:
      throw new RangeError(`image format ${wire}`);
  }
}

export function wireFromErrorCode(code: ErrorCode): WireErrorCode__Output {
  return upperCase('ERROR_CODE', code);
}

/** A code of a newer version is `internal`. */
export function errorCodeFromWire(wire: WireErrorCode__Output): ErrorCode {
  return ERROR_CODES.find((code) => wireFromErrorCode(code) === wire) ?? 'internal';
}

export function wireFromGenerationState(state: GenerationState): WireGenerationState__Output {
  return upperCase('GENERATION_STATE', state);
}

const GENERATION_STATES = [
  'queued',
  'running',
  'completed',
  'failed',
  'cancelled',
] as const satisfies GenerationState[];

/** `undefined` for unspecified, and for a state that this version does not know. */
export function generationStateFromWire(wire: WireGenerationState__Output): GenerationState | undefined {
  return GENERATION_STATES.find((state) => wireFromGenerationState(state) === wire);
}
