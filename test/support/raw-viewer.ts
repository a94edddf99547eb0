import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { Metadata, type ServiceError } from '@grpc/grpc-js';
import type { GenerationEvent, TesseraError } from '@tessera/core';
import {
  errorFromStatus,
  eventFromWire,
  type GenerateRequest,
  type GenerateResponse__Output,
  tesseraV1,
} from '@tessera/proto';

const { Generate } = tesseraV1.GenerationService.service;
/** A compression flag and a length before each message. */
const FRAME_HEAD_BYTES = 5;

/** What a viewer had when its stream ended. */
export interface Viewed {
  readonly events: readonly GenerationEvent[];
  /** The status that it was given, unless that was OK. */
  readonly error?: TesseraError;
  /** HTTP/2's code, when the stream was reset: no status came. */
  readonly resetCode?: number;
}

/**
 * Watches a new generation over HTTP/2 alone, and reads nothing until it is
 * told to: grpc-js reads up to 16 messages ahead, and without limit before the
 * first.
 */
export class RawViewer {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  #trailers: IncomingHttpHeaders = {};

  constructor(address: string, request: GenerateRequest) {
    this.#session = connect(`http://${address}`);
    this.#stream = this.#session.request({
      ':method': 'POST',
      ':path': Generate.path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    this.#stream.on('error', () => {});
    this.#stream.once('trailers', (trailers) => {
      this.#trailers = trailers;
    });
    const message = Generate.requestSerialize(request);
    const head = Buffer.alloc(FRAME_HEAD_BYTES);
    head.writeUInt32BE(message.length, 1);
    this.#stream.end(Buffer.concat([head, message]));
  }

  /** Reads to the end. */
  async readAll(): Promise<Viewed> {
    const pieces: Buffer[] = [];
    this.#stream.on('data', (piece: Buffer) => pieces.push(piece));
    if (!this.#stream.closed) await once(this.#stream, 'close');
    const events = eventsIn(Buffer.concat(pieces));
    const code = Number(this.#trailers['grpc-status'] ?? -1);
    if (code === 0) return { events };
    if (code === -1) return { events, ...(this.#stream.rstCode !== undefined && { resetCode: this.#stream.rstCode }) };
    const metadata = Metadata.fromHttp2Headers(this.#trailers);
    const details = decodeURI(String(this.#trailers['grpc-message']));
    return { events, error: errorFromStatus({ code, details, metadata } satisfies Partial<ServiceError>) };
  }

  close(): void {
    this.#session.destroy();
  }
}

function eventsIn(bytes: Buffer): GenerationEvent[] {
  const events: GenerationEvent[] = [];
  for (let at = 0; at + FRAME_HEAD_BYTES <= bytes.length; ) {
    const begin = at + FRAME_HEAD_BYTES;
    at = begin + bytes.readUInt32BE(at + 1);
    if (at > bytes.length) break;
    const { event } = Generate.responseDeserialize(bytes.subarray(begin, at)) as GenerateResponse__Output;
    const parsed = event && eventFromWire(event);
    if (parsed) events.push(parsed);
  }
  return events;
}
