import type { ClientDuplexStream } from '@grpc/grpc-js';
import { type Conditioning, ERROR_CODES, type Tensor, TesseraError } from '@tessera/core';
import {
  type CallOrder,
  type DenoiserServiceClient,
  errorFromStatus,
  float32Parts,
  type PredictRequest,
  type PredictResponse__Output,
} from '@tessera/proto';
import { PredictionAssembly } from './prediction-assembly.js';

/** One window of one latent, evaluated once for each conditioning. */
export interface WindowCall {
  readonly model: string;
  readonly latent: Tensor;
  readonly timestep: number;
  readonly conditionings: readonly Conditioning[];
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly order: CallOrder;
  /** Hears that the worker begins with it; of one that runs alone. */
  readonly onBegin?: () => void;
}

/** Reason of the failure of every call that was at a worker when its stream broke. */
export const WORKER_LOST = 'WORKER_LOST';

export interface WindowPredictions {
  readonly predictions: readonly Tensor[];
  /** Time in the network. */
  readonly runMs: number;
  /** Evaluations that ran together. */
  readonly batchSize: number;
  /** Of the worker's queue. */
  readonly virtualTime: number;
}

interface PendingCall {
  readonly call: WindowCall;
  readonly assembly: PredictionAssembly;
  uploads: number;
  readonly resolve: (result: WindowPredictions) => void;
  readonly reject: (error: unknown) => void;
}

/** Ids of conditionings that a stream remembers to have sent; one that fell out is sent again. */
const REMEMBERED_CONDITIONINGS = 4_096;
/** A worker that forgets a conditioning this often before it can use it has too little memory for the call. */
const MOST_UPLOADS = 3;

/**
 * The one long-lived stream to one denoiser. Calls are told apart by id;
 * conditioning goes up once and is then named.
 *
 * Writes ignore the stream's backpressure on purpose: what can be queued is
 * bounded by the calls in flight, which the call queue bounds.
 */
export class PredictStream {
  readonly #stream: ClientDuplexStream<PredictRequest, PredictResponse__Output>;
  readonly #pending = new Map<string, PendingCall>();
  readonly #sent = new Set<string>();
  #callsMade = 0;
  #ended: TesseraError | undefined;

  constructor(client: DenoiserServiceClient) {
    this.#stream = client.predict();
    this.#stream.on('data', (response: PredictResponse__Output) => this.#receive(response));
    this.#stream.on('error', (error) => this.close(errorFromStatus(error)));
    this.#stream.on('end', () => this.close(new TesseraError('unavailable', 'the denoiser ended its stream')));
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * @throws TesseraError with the worker's code; `unavailable` when the stream
   *   ends first; the signal's reason as soon as it is aborted (a call that
   *   waits at the worker is then withdrawn there).
   */
  predict(call: WindowCall, signal: AbortSignal): Promise<WindowPredictions> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (this.#ended !== undefined) throw this.#ended;
      this.#callsMade += 1;
      const callId = String(this.#callsMade);
      const abandon = () => {
        if (!this.#pending.delete(callId)) return;
        this.#stream.write({ cancel: { callId } });
        reject(signal.reason);
      };
      const done = () => signal.removeEventListener('abort', abandon);
      signal.addEventListener('abort', abandon, { once: true });
      const pending: PendingCall = {
        call,
        assembly: new PredictionAssembly(call.latent.shape, call.conditionings.length),
        uploads: 0,
        resolve(result) {
          done();
          resolve(result);
        },
        reject(error) {
          done();
          reject(error);
        },
      };
      this.#pending.set(callId, pending);
      this.#send(callId, pending);
    });
  }

  /** Ends the stream; calls still open fail with `error`. */
  close(error: TesseraError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    const lost = new TesseraError('unavailable', error.message, { reason: WORKER_LOST, cause: error });
    for (const { reject } of this.#pending.values()) reject(lost);
    this.#pending.clear();
    this.#stream.cancel();
  }

  #send(callId: string, pending: PendingCall): void {
    const { call } = pending;
    for (const conditioning of call.conditionings) this.#upload(conditioning);
    const [latent, ...furtherParts] = float32Parts(call.latent);
    this.#stream.write({
      call: {
        callId,
        model: call.model,
        latent: latent ?? null,
        timestep: call.timestep,
        conditioningIds: call.conditionings.map(({ id }) => id),
        inputs: Object.entries(call.inputs).flatMap(([name, tensor]) =>
          [...float32Parts(tensor)].map((part) => ({ name, tensor: part })),
        ),
        order: call.order,
      },
    });
    for (const tensor of furtherParts) this.#stream.write({ part: { callId, tensorIndex: 0, tensor } });
  }

  #upload({ id, inputs }: Conditioning): void {
    if (this.#sent.has(id)) return;
    const messages = Object.entries(inputs).flatMap(([name, tensor]) =>
      [...float32Parts(tensor)].map((part) => ({ name, tensor: part })),
    );
    for (const [index, tensor] of messages.entries()) {
      const complete = index === messages.length - 1;
      this.#stream.write({ conditioning: { conditioningId: id, tensor, complete } });
    }
    this.#sent.add(id);
    if (this.#sent.size <= REMEMBERED_CONDITIONINGS) return;
    for (const oldest of this.#sent) {
      this.#sent.delete(oldest);
      break;
    }
  }

  #receive(response: PredictResponse__Output): void {
    const pending = this.#pending.get(response.callId);
    // The answer to a call that was given up meanwhile.
    if (pending === undefined) return;
    try {
      if (response.begins) {
        pending.call.onBegin?.();
        return;
      }
      if (response.error) this.#failed(response.callId, pending, response.error);
      else if (response.predictions) pending.assembly.begin(response.predictions);
      else if (response.part) pending.assembly.add(response.part);
      const result = pending.assembly.result();
      if (result === undefined) return;
      this.#pending.delete(response.callId);
      pending.resolve(result);
    } catch (thrown) {
      this.#pending.delete(response.callId);
      pending.reject(TesseraError.from(thrown));
    }
  }

  #failed(
    callId: string,
    pending: PendingCall,
    error: { readonly code: string; readonly message: string; readonly missingConditioningIds: readonly string[] },
  ): void {
    pending.uploads += 1;
    if (error.missingConditioningIds.length === 0 || pending.uploads > MOST_UPLOADS) {
      const code = ERROR_CODES.find((known) => known === error.code) ?? 'internal';
      throw new TesseraError(code, error.message);
    }
    for (const id of error.missingConditioningIds) this.#sent.delete(id);
    this.#send(callId, pending);
  }
}
