import type { ServerHttp2Stream } from 'node:http2';

/** A message as gRPC puts it on the wire. */
export type FrameOf<Message> = (message: Message) => Buffer;

/** A byte that says "not compressed", then the length. */
const HEAD_BYTES = 5;

/**
 * Frames that are made once for each message object, however many streams send
 * it: grpc-js by itself would make and hold two copies for each stream.
 */
export function sharedFrames<Message extends object>(serialize: (message: Message) => Buffer): FrameOf<Message> {
  const frames = new WeakMap<Message, Buffer>();
  return (message) => {
    const known = frames.get(message);
    if (known !== undefined) return known;
    const bytes = serialize(message);
    const frame = Buffer.allocUnsafe(HEAD_BYTES + bytes.length);
    frame[0] = 0;
    frame.writeUInt32BE(bytes.length, 1);
    bytes.copy(frame, HEAD_BYTES);
    frames.set(message, frame);
    return frame;
  };
}

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
