import { invalidField, TesseraError } from './errors.js';
import type { ModelCard } from './model-card.js';
import { stepsOfStrength } from './plan-compose.js';
import type { ComposeRequest } from './request.js';
import { type Fields, fieldsOf, fieldValue, realNumber } from './request-fields.js';
import { nativeWindow } from './windows/native-window.js';
import type { Extent } from './windows/window-grid.js';

const COMPOSE_FIELDS = ['strength'];
/** Of the steps, those that draw details and leave the composition alone. */
const DEFAULT_STRENGTH = 0.3;

/**
 * @param canvas in latent cells.
 * @throws TesseraError `invalid_argument` naming field, bound and value.
 */
export function composeOf(
  fields: Fields,
  canvas: Extent,
  { card, steps }: { readonly card: ModelCard; readonly steps: number },
): ComposeRequest | undefined {
  const value = fieldValue(fields, 'compose');
  if (value === undefined) return undefined;
  const message = fieldsOf(value, COMPOSE_FIELDS, 'compose');
  const strength = realNumber(message, 'strength', 0, 1) ?? Math.max(DEFAULT_STRENGTH, 1 / steps);
  if (stepsOfStrength(steps, strength) < 1) {
    throw invalidField('compose.strength', `must be at least ${1 / steps}, one of ${steps} steps`, strength);
  }
  const missing = missingForCompose(canvas, card);
  if (missing === undefined) return { strength };
  throw new TesseraError('invalid_argument', `compose ${missing}`, { field: 'compose' });
}

/** Why a model cannot start an image from an enlarged one. */
function missingForCompose(canvas: Extent, card: ModelCard): string | undefined {
  const { imageEncoder, decoder, latentFormat, name } = card;
  if (imageEncoder === undefined) return `needs a model with an image encoder, and ${name} has none`;
  if (imageEncoder.posterior === 'sample') {
    return `needs an image encoder that gives equal pixels equal latents, and that of ${name} draws them itself`;
  }
  if (decoder.fixedSize !== undefined) {
    return `needs a decoder of two sizes, and that of ${name} was exported for one`;
  }
  const { fixedSize } = imageEncoder;
  const native = nativeWindow(card);
  const fits = (edge: 'width' | 'height') => {
    const pixels = Math.min(native[edge], canvas[edge]) * latentFormat.spatialCompression;
    return fixedSize === undefined || fixedSize[edge] === pixels;
  };
  if (fits('width') && fits('height')) return undefined;
  return `needs an image encoder of the windows' size, and that of ${name} was exported for another`;
}
