import { elementCount, invalidField, TesseraError } from '@tessera/core';
import type { LoadedNetwork } from './executor-messages.js';
import type { NetworkValue, TypedTensor } from './typed-tensor.js';

/**
 * Refuses feeds that the graph's own declaration rules out, before any work.
 * (ONNX Runtime lets a scalar input take a vector and fails inside the graph.)
 *
 * @throws TesseraError invalid_argument with the input's name as field.
 */
export function checkFeeds(network: LoadedNetwork, feeds: Readonly<Record<string, TypedTensor>>): void {
  const declared = new Map(network.inputs.map((input) => [input.name, input]));
  for (const name of Object.keys(feeds)) {
    if (!declared.has(name))
      throw invalidField(name, `is not an input of this network (${[...declared.keys()]})`, name);
  }
  for (const input of network.inputs) {
    const feed = feeds[input.name];
    if (feed === undefined)
      throw new TesseraError('invalid_argument', `${input.name} is missing`, { field: input.name });
    checkFeed(input, feed);
  }
}

function checkFeed({ name, type, shape }: NetworkValue, feed: TypedTensor): void {
  if (feed.dtype !== type) throw invalidField(name, `must be of type ${type}`, feed.dtype);
  const fits =
    feed.shape.length === shape.length &&
    shape.every((extent, axis) => typeof extent === 'string' || extent < 0 || extent === feed.shape[axis]);
  if (!fits) throw invalidField(name, `must have shape [${shape}]`, `[${feed.shape}]`);
  if (elementCount(feed.shape) !== feed.data.length) {
    throw invalidField(
      name,
      `of shape [${feed.shape}] must have ${elementCount(feed.shape)} elements`,
      feed.data.length,
    );
  }
}
