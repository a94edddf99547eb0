import { Metadata } from '@grpc/grpc-js';
import { callUnary, type DescribeResponse__Output, tesseraV1 } from '@tessera/proto';
import type { ServiceChannel } from '../rpc/channel.js';

/**
 * What the worker at the other end says it is.
 *
 * @throws TesseraError with its status; `deadline_exceeded`; the signal's reason.
 */
export function describeWorker(
  channel: ServiceChannel,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<DescribeResponse__Output> {
  const worker = channel.client(tesseraV1.WorkerService);
  const deadline = Date.now() + timeoutMs;
  return callUnary(worker.describe.bind(worker), {}, new Metadata(), { deadline, signal });
}
