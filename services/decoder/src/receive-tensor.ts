import { invalidField } from '@tessera/core';
import type { WireTensor__Output } from '@tessera/proto';
import { TensorIntake } from '@tessera/runtime';

/** What a call's messages bring: the first names the model, each has a part of one tensor. */
export interface Receiving<Request, Network> {
  /** Of the requests, by which whatever is wrong is told. */
  readonly field: string;
  partOf(request: Request): WireTensor__Output | null;
  /** @throws TesseraError not_found */
  networkOf(model: string): Network;
  maxBytesOf(network: Network): number;
}

/**
 * The tensor of a call and the network that is to take it. The first message
 * names the model and the shape, which are judged before the rest is taken.
 *
 * @throws TesseraError invalid_argument that names the field.
 */
export async function receiveTensor<
  Request extends { readonly model: string },
  Network extends { assertShape(shape: readonly number[]): void },
>(
  requests: AsyncIterable<Request>,
  { field, partOf, networkOf, maxBytesOf }: Receiving<Request, Network>,
): Promise<{ readonly network: Network; readonly intake: TensorIntake }> {
  let network: Network | undefined;
  let intake: TensorIntake | undefined;
  for await (const request of requests) {
    const part = partOf(request);
    if (network === undefined) {
      network = networkOf(request.model);
      if (part !== null) network.assertShape(part.shape);
    }
    intake ??= new TensorIntake(field, maxBytesOf(network));
    intake.add(part);
    if (intake.complete) return { network, intake };
  }
  throw invalidField(field, 'must be complete', network === undefined ? 'nothing' : 'a part of it');
}
