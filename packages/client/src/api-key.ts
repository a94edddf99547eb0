import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/**
 * Sends the key with every call: `authorization: Bearer KEY`.
 *
 * @throws TesseraError `invalid_argument`, without the key in its message, for one that no header can carry.
 */
export function apiKeyInterceptor(apiKey: string): Interceptor {
  if (!VISIBLE_ASCII.test(apiKey)) {
    throw new TesseraError('invalid_argument', 'the API key must be visible ASCII', { field: 'api_key' });
  }
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        metadata.set('authorization', `Bearer ${apiKey}`);
        next(metadata, listener);
      },
    });
}
