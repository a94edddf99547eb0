import type { TypedTensor } from '../../typed-tensor.js';

/** What one share tells another: edges and rows as the network has them, statistics in float64. */
export type SharedTensor =
  | TypedTensor
  | { readonly dtype: 'float64'; readonly shape: readonly number[]; readonly data: Float64Array };

export type SharedTensors = Readonly<Record<string, SharedTensor>>;

/**
 * How the bands held by one worker, a *share* of an image, talk to those of the
 * others. Every share runs the same plan, so each knows what it will be told.
 */
export interface ShareLink {
  /** Place of this share, from the top. */
  readonly index: number;
  /** Latent rows of every share, from the top. */
  readonly rows: readonly number[];
  /** Resolves when another message may follow. A topic is used once for each pair of shares. */
  send(to: number, topic: string, tensors: SharedTensors): Promise<void>;
  receive(from: number, topic: string): Promise<SharedTensors>;
}

/** Of a share that is the whole image. */
export function alone(rows: number): ShareLink {
  const nobody = () => Promise.reject(new RangeError('there is no other share'));
  return { index: 0, rows: [rows], send: nobody, receive: nobody };
}
