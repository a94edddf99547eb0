import { TesseraError } from '@tessera/core';
import type { TypedTensor } from './typed-tensor.js';

export interface OwnedFeeds {
  readonly feeds: Readonly<Record<string, TypedTensor>>;
  /** Each buffer once, to be transferred. */
  readonly memory: ArrayBuffer[];
}

/**
 * Feeds whose memory may be given away. A view of a larger buffer is copied
 * out, since transferring would empty its neighbours too.
 *
 * @throws TesseraError invalid_argument for shared memory, which ONNX Runtime does not take.
 */
export function ownedFeeds(feeds: Readonly<Record<string, TypedTensor>>): OwnedFeeds {
  const memory = new Set<ArrayBuffer>();
  const owned = Object.entries(feeds).map(([name, feed]): [string, TypedTensor] => {
    const whole = feed.data.byteLength === feed.data.buffer.byteLength;
    const data = whole ? feed.data : feed.data.slice();
    if (!(data.buffer instanceof ArrayBuffer)) {
      throw new TesseraError('invalid_argument', `${name} lies in shared memory`, { field: name });
    }
    memory.add(data.buffer);
    return [name, { ...feed, data } as TypedTensor];
  });
  return { feeds: Object.fromEntries(owned), memory: [...memory] };
}
