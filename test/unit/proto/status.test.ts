import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata, status } from '@grpc/grpc-js';
import { ERROR_CODES, invalidField, TesseraError } from '@tessera/core';
import {
  type CancelRequest,
  type CancelResponse__Output,
  callUnary,
  errorFromStatus,
  type GenerationServiceClient,
  statusFromError,
  tesseraV1,
  unary,
} from '@tessera/proto';
import { served } from '../../support/served.js';

const noFaults = (thrown: unknown) => assert.fail(`reported as a fault: ${thrown}`);

function cancel(client: GenerationServiceClient): Promise<CancelResponse__Output> {
  return callUnary<CancelRequest, CancelResponse__Output>(
    (request, metadata, options, callback) => client.cancel(request, metadata, options, callback),
    { generationId: 'g' },
    new Metadata(),
    {},
  );
}

test('every code of ours survives the way to a client, with its details', async (t) => {
  let failure = new TesseraError('internal', 'not set');
  const client = await served(t, tesseraV1.GenerationService, {
    cancel: unary(() => {
      throw failure;
    }, noFaults),
  });
  const details = { field: 'preview.max_edge', retryAfterMs: 1500, reason: 'RESUME' };
  for (const code of ERROR_CODES) {
    failure = new TesseraError(code, `about ${code}`, details);
    await assert.rejects(cancel(client), { name: 'TesseraError', code, message: `about ${code}`, ...details });
  }
});

test('a refused field is INVALID_ARGUMENT, and push-back is plain metadata', () => {
  assert.equal(statusFromError(invalidField('steps', 'must be at least 1', 0)).code, status.INVALID_ARGUMENT);
  const { metadata } = statusFromError(new TesseraError('resource_exhausted', 'full', { retryAfterMs: 2000.4 }));
  assert.deepEqual(metadata.get('grpc-retry-pushback-ms'), ['2001']);
});

test('the words of an unknown failure stay inside, and it is reported', async (t) => {
  const reported: unknown[] = [];
  const thrown = new Error('cannot read /etc/secret');
  const failing = () => {
    throw thrown;
  };
  const client = await served(t, tesseraV1.GenerationService, {
    cancel: unary(failing, (fault) => reported.push(fault)),
  });
  await assert.rejects(cancel(client), { code: 'internal', message: 'internal error' });
  assert.deepEqual(reported, [thrown]);
});

test('a status without details, or with damaged ones, is still an error of ours', () => {
  const bare = errorFromStatus({ code: status.UNAVAILABLE, details: 'no connection', metadata: new Metadata() });
  assert.equal(bare.code, 'unavailable');
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from('no google.rpc.Status'));
  const damaged = errorFromStatus({ code: status.NOT_FOUND, details: 'no such generation', metadata });
  assert.deepEqual([damaged.code, damaged.message, damaged.field], ['not_found', 'no such generation', undefined]);
});
