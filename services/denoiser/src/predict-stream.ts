import { invalidField, TesseraError } from '@tessera/core';
import type {
  ConditioningUpload__Output,
  PredictRequest__Output,
  PredictResponse,
  ReportFault,
  TensorPart__Output,
  WirePredictCall__Output,
} from '@tessera/proto';
import { CallIntake } from './call-intake.js';
import { ConditioningStore } from './conditioning-store.js';
import type { Denoiser } from './denoiser.js';
import { assertConditioningIds, assertLatentShape, parseCall } from './parse-call.js';
import { errorMessage, missingConditionings, predictionMessages } from './prediction-messages.js';

/** For one gateway; SDXL's conditioning is 0.6 MB, Stable Diffusion's 0.2. */
const MAX_CONDITIONING_BYTES = 64 * 1024 * 1024;
const MAX_OPEN_CALLS = 4096;

interface OpenCall {
  readonly intake: CallIntake;
  readonly controller: AbortController;
  ended: Promise<void> | undefined;
}

/** The calls of one gateway's stream. */
export class PredictStream {
  readonly #denoiser: Denoiser;
  readonly #respond: (message: PredictResponse) => void;
  readonly #reportFault: ReportFault;
  readonly #conditionings: ConditioningStore;
  readonly #open = new Map<string, OpenCall>();

  constructor(
    denoiser: Denoiser,
    respond: (message: PredictResponse) => void,
    reportFault: ReportFault,
    maxConditioningBytes = MAX_CONDITIONING_BYTES,
  ) {
    this.#denoiser = denoiser;
    this.#respond = respond;
    this.#reportFault = reportFault;
    this.#conditionings = new ConditioningStore(maxConditioningBytes);
  }

  /**
   * Takes one message. What is wrong with a call is answered to that call.
   *
   * @throws TesseraError invalid_argument for a message that belongs to none, which ends the stream.
   */
  accept(message: PredictRequest__Output): void {
    if (message.conditioning) this.#upload(message.conditioning);
    else if (message.call) this.#call(message.call);
    else if (message.part) this.#part(message.part);
    else if (message.cancel) this.#cancel(message.cancel.callId);
    else throw invalidField('request', 'must be a conditioning, a call, a part or a cancel', 'nothing');
  }

  /** Resolves when every open call has been answered. */
  async settled(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ ended }) => ended));
  }

  /** Withdraws every call that has not started. */
  close(): void {
    for (const callId of [...this.#open.keys()]) this.#cancel(callId);
  }

  /** A refused upload is a conditioning that is not there; the call that names it tells its gateway. */
  #upload(upload: ConditioningUpload__Output): void {
    try {
      this.#conditionings.accept(upload);
    } catch (thrown) {
      if (!(thrown instanceof TesseraError)) throw thrown;
      this.#reportFault(thrown);
    }
  }

  #call(wire: WirePredictCall__Output): void {
    const { callId } = wire;
    if (this.#open.has(callId)) throw invalidField('call_id', 'must not be open already', callId);
    try {
      if (this.#open.size >= MAX_OPEN_CALLS) {
        throw new TesseraError('resource_exhausted', `a stream may have ${MAX_OPEN_CALLS} open calls`);
      }
      assertConditioningIds(wire.conditioningIds);
      assertLatentShape(this.#denoiser.network(wire.model).card, wire.latent?.shape ?? []);
      const open: OpenCall = { intake: new CallIntake(wire), controller: new AbortController(), ended: undefined };
      this.#open.set(callId, open);
      if (open.intake.complete) open.ended = this.#evaluate(callId, open);
    } catch (thrown) {
      this.#fail(callId, thrown);
    }
  }

  #part(part: TensorPart__Output): void {
    const { callId } = part;
    const open = this.#open.get(callId);
    // Of a call that was cancelled or refused meanwhile.
    if (open === undefined || open.ended !== undefined) return;
    try {
      open.intake.add(part);
      if (open.intake.complete) open.ended = this.#evaluate(callId, open);
    } catch (thrown) {
      this.#fail(callId, thrown);
    }
  }

  #cancel(callId: string): void {
    this.#open.get(callId)?.controller.abort(new TesseraError('cancelled', 'the call was cancelled'));
    this.#open.delete(callId);
  }

  async #evaluate(callId: string, open: OpenCall): Promise<void> {
    const { wire } = open.intake;
    try {
      const found = wire.conditioningIds.map((id) => this.#conditionings.get(id));
      const missing = wire.conditioningIds.filter((_, index) => found[index] === undefined);
      if (missing.length > 0) {
        this.#answer(callId, open, [missingConditionings(callId, missing)]);
        return;
      }
      const network = this.#denoiser.network(wire.model);
      const conditionings = found.filter((conditioning) => conditioning !== undefined);
      const evaluations = parseCall(network, open.intake, conditionings);
      const { signal } = open.controller;
      const onBegin = () => this.#respond({ callId, begins: {} });
      const result = await this.#denoiser.evaluate({ evaluations, order: wire.order, signal, onBegin });
      this.#answer(callId, open, predictionMessages(callId, result));
    } catch (thrown) {
      this.#answer(callId, open, [errorMessage(callId, thrown, this.#reportFault)]);
    }
  }

  /** Nobody hears of a call that was cancelled, nor of another one that took its id. */
  #answer(callId: string, open: OpenCall, messages: Iterable<PredictResponse>): void {
    if (this.#open.get(callId) !== open) return;
    this.#open.delete(callId);
    for (const message of messages) this.#respond(message);
  }

  #fail(callId: string, thrown: unknown): void {
    this.#open.delete(callId);
    this.#respond(errorMessage(callId, thrown, this.#reportFault));
  }
}
