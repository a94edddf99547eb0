import type { GenerationEvent, GenerationState, Image } from '@tessera/core';
import { type GenerationRequestInput, generationStateFromWire, wireFromGenerationState } from '@tessera/proto';
import { DEFAULT_RECONNECT_POLICY, type ReconnectPolicy } from './backoff.js';
import { callAny } from './call-any.js';
import { type ClusterStatus, clusterStatusFromWire, type ServedModel } from './cluster-status.js';
import { type DownloadOptions, downloadImage, imageBytes } from './download.js';
import { Gateways } from './gateways.js';
import { type GenerateOptions, generate, type WatchOptions, watch } from './generate.js';
import { type Generation, generationFromWire } from './generation.js';
import { isServing } from './health.js';
import type { UnaryCalls } from './rpc.js';
import type { SecurityOptions } from './transport-security.js';

export interface ConnectOptions extends SecurityOptions {
  /** host:port of each gateway, or of one of them, or a name that resolves to several; a text may list them with commas. */
  readonly address: string | readonly string[];
  /** Whether to begin with any of the addresses, so that clients spread over the gateways (default), or with the first. */
  readonly spread?: boolean | undefined;
  /** Says who calls; sent with every call. Visible ASCII. */
  readonly apiKey?: string | undefined;
  readonly reconnect?: Partial<ReconnectPolicy> | undefined;
  /** Bounds every call that is not a stream. Default 10 s. */
  readonly callTimeoutMs?: number | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ListOptions extends CallOptions {
  readonly state?: GenerationState | undefined;
  /** Generations a page, 1–1000. */
  readonly pageSize?: number | undefined;
}

const DEFAULT_CALL_TIMEOUT_MS = 10_000;

/**
 * A client of one cluster. Connects on the first call.
 *
 * @throws TesseraError `invalid_argument` for an API key that cannot be sent.
 */
export function connect(options: ConnectOptions): TesseraClient {
  return new TesseraClient(options);
}

/** `tessera.v1.GenerationService` as plain values. Every failure is a TesseraError. */
export class TesseraClient {
  readonly #gateways: Gateways;
  readonly #reconnect: ReconnectPolicy;
  readonly #callTimeoutMs: number;

  constructor(options: ConnectOptions) {
    const { address, spread, reconnect, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS, ...service } = options;
    this.#gateways = new Gateways(address, service, spread);
    this.#reconnect = { ...DEFAULT_RECONNECT_POLICY, ...reconnect };
    this.#callTimeoutMs = callTimeoutMs;
  }

  /**
   * Submits a generation and follows it to its terminal event. A lost
   * connection is made again, and the stream goes on: each durable event once,
   * in order, and no step twice. Leaving the loop, or aborting, cancels the
   * generation and waits for the answer, unless `detach` is set.
   *
   * @throws TesseraError `invalid_argument` at once for an unknown key or a value that cannot be sent as it is;
   * from the stream, what the server refused, or `unavailable` when no connection came back.
   */
  generate(
    request: GenerationRequestInput,
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    return generate(this.#gateways, this.#reconnect, request, options);
  }

  /** Follows a generation from its beginning, or from where `options` say. Leaving does not cancel it. */
  watch(generationId: string, options: WatchOptions = {}): AsyncGenerator<GenerationEvent, void, undefined> {
    return watch(this.#gateways, this.#reconnect, generationId, options);
  }

  /** Stops a generation; resolves with the state it ended in. */
  async cancel(generationId: string, options: CallOptions = {}): Promise<GenerationState> {
    const response = await this.#call('cancel', { generationId }, options);
    return generationStateFromWire(response.state) ?? 'cancelled';
  }

  async getGeneration(generationId: string, options: CallOptions = {}): Promise<Generation> {
    const response = await this.#call('getGeneration', { generationId }, options);
    return generationFromWire(response.generation);
  }

  /** The caller's own generations, newest first. */
  async *listGenerations({
    state,
    pageSize,
    ...options
  }: ListOptions = {}): AsyncGenerator<Generation, void, undefined> {
    let pageToken = '';
    do {
      const request = {
        pageToken,
        ...(state && { state: wireFromGenerationState(state) }),
        ...(pageSize && { pageSize }),
      };
      const page = await this.#call('listGenerations', request, options);
      yield* page.generations.map(generationFromWire);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /** Deletes prompt, images and log; a running generation is cancelled first. */
  async deleteGeneration(generationId: string, options: CallOptions = {}): Promise<void> {
    await this.#call('deleteGeneration', { generationId }, options);
  }

  /** The bytes of a finished image as they come; a lost connection goes on where it broke. */
  downloadImage(
    generationId: string,
    imageId: string,
    options: DownloadOptions = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    return downloadImage(this.#gateways, this.#reconnect, generationId, imageId, options);
  }

  /** The whole file of an image, inline or fetched, with its sha256 checked. */
  imageBytes(generationId: string, image: Image, { signal }: CallOptions = {}): Promise<Uint8Array> {
    return imageBytes(this.#gateways, this.#reconnect, generationId, image, signal);
  }

  async listModels(options: CallOptions = {}): Promise<readonly ServedModel[]> {
    const response = await this.#call('listModels', {}, options);
    return response.models;
  }

  async status(options: CallOptions = {}): Promise<ClusterStatus> {
    return clusterStatusFromWire(await this.#call('getClusterStatus', {}, options));
  }

  /** Whether a gateway answers at any of the addresses and serves. Never fails. */
  isServing(timeoutMs: number): Promise<boolean> {
    return this.#gateways.useFirst((service) => isServing(service, timeoutMs));
  }

  /** Ends the connection and every call on it. */
  close(): void {
    this.#gateways.close();
  }

  #call<Name extends keyof UnaryCalls>(name: Name, request: Parameters<UnaryCalls[Name]>[0], { signal }: CallOptions) {
    return callAny(this.#gateways, name, request, { signal, timeoutMs: this.#callTimeoutMs });
  }
}
