import type { ServerHttp2Stream } from 'node:http2';

interface InnerCall {
  readonly nextCall?: InnerCall;
  readonly stream?: ServerHttp2Stream;
}

/**
 * The HTTP/2 stream beneath a server's call and its interceptors. grpc-js keeps
 * it to itself, and has no way of its own to write bytes that several calls
 * share, nor to cut off a call.
 */
export function transportOf(call: object): ServerHttp2Stream | undefined {
  let inner = (call as { readonly call?: InnerCall }).call;
  while (inner?.nextCall !== undefined) inner = inner.nextCall;
  return inner?.stream;
}
