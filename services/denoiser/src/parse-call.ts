import { type DenoiserInputCard, invalidField, type ModelCard, type Tensor } from '@tessera/core';
import { type TypedTensor, typedFromFloat32 } from '@tessera/onnx';
import type { CallIntake } from './call-intake.js';
import type { StoredConditioning } from './conditioning-store.js';
import type { DenoiserNetwork } from './denoiser-network.js';
import type { Evaluation } from './evaluation.js';
import { sharesTimestep } from './network-feeds.js';

/** Guidance takes two. */
const MAX_CONDITIONINGS = 2;
/** Windows are of the native size or smaller; a whole canvas beyond this share of it is no window. */
const MAX_NATIVE_AREAS = 16;

/**
 * A complete call as evaluations: one for each conditioning, in order. Holds
 * every value against the graph, so that a run cannot fail for its input.
 *
 * @throws TesseraError invalid_argument with the field at fault.
 */
export function parseCall(
  network: DenoiserNetwork,
  call: CallIntake,
  conditionings: readonly StoredConditioning[],
): readonly Evaluation[] {
  const { card } = network;
  const { latent, inputs } = call;
  const { timestep } = call.wire;
  assertLatentShape(card, latent.shape);
  if (!Number.isFinite(timestep)) throw invalidField('timestep', 'must be finite', timestep);
  for (const name of inputs.keys()) {
    if (!card.denoiser.inputs.some((input) => input.name === name)) {
      throw invalidField('inputs', `must be among ${card.denoiser.inputs.map((input) => input.name)}`, name);
    }
  }
  return conditionings.map((conditioning) => {
    assertKnownInputs(card, conditioning);
    const typed = card.denoiser.inputs.map((input) => [input.name, typedInput(input, conditioning, inputs)] as const);
    const shapes = typed.map(([name, { shape }]) => `${name}[${shape}]`);
    const shared = sharesTimestep(card.denoiser) ? [timestep] : [];
    const bucket = [card.sha256, latent.shape, ...shapes, ...shared].join(' ');
    return { network, latent, timestep, inputs: Object.fromEntries(typed), bucket };
  });
}

/** @throws TesseraError invalid_argument with field `conditioning_ids`. */
export function assertConditioningIds(ids: readonly string[]): void {
  if (ids.length < 1 || ids.length > MAX_CONDITIONINGS) {
    throw invalidField('conditioning_ids', `must be 1 to ${MAX_CONDITIONINGS}`, ids.length);
  }
}

/** @throws TesseraError invalid_argument with field `latent`. */
export function assertLatentShape(card: ModelCard, shape: readonly number[]): void {
  const { latentFormat, latentMultiple, nativeCanvas, denoiser } = card;
  const [channels, height = 0, width = 0] = shape;
  if (shape.length !== 3 || channels !== latentFormat.channels) {
    throw invalidField('latent', `must have shape [${latentFormat.channels}, height, width]`, `[${shape}]`);
  }
  const given = `${height} × ${width} cells`;
  const whole = [height, width].every((extent) => extent > 0 && extent % latentMultiple === 0);
  if (!whole) throw invalidField('latent', `must be of multiples of ${latentMultiple} cells`, given);
  const { fixedSize } = denoiser;
  if (fixedSize !== undefined && (fixedSize.height !== height || fixedSize.width !== width)) {
    throw invalidField('latent', `must be ${fixedSize.height} × ${fixedSize.width} cells`, given);
  }
  const maxCells = MAX_NATIVE_AREAS * nativeCanvas.width * nativeCanvas.height;
  if (height * width > maxCells) throw invalidField('latent', `must be of at most ${maxCells} cells`, given);
}

function assertKnownInputs({ denoiser }: ModelCard, { inputs }: StoredConditioning): void {
  for (const name of inputs.keys()) {
    if (denoiser.inputs.some((input) => input.name === name)) continue;
    throw invalidField('conditioning', `must be among ${denoiser.inputs.map((input) => input.name)}`, name);
  }
}

function typedInput(
  card: DenoiserInputCard,
  conditioning: StoredConditioning,
  inputs: ReadonlyMap<string, Tensor>,
): TypedTensor {
  const { name, shape, type } = card;
  const ofCall = inputs.get(name);
  const given =
    ofCall === undefined ? conditioning.typed(name, type) : typedFromFloat32(type, ofCall.shape, ofCall.data);
  if (given === undefined) throw invalidField(name, 'must come with the conditioning or the call', 'nothing');
  const fits =
    given.shape.length === shape.length &&
    shape.every((extent, axis) => extent === given.shape[axis] || (extent === -1 && (given.shape[axis] ?? 0) > 0));
  if (!fits) throw invalidField(name, `must have shape [${shape}]`, `[${given.shape}]`);
  return given;
}
