import { invalidField } from '@tessera/core';
import type { PendingRun } from '@tessera/onnx';
import type {
  NamedTensor__Output,
  PartRun__Output,
  ReportFault,
  RunPartRequest__Output,
  RunPartResponse,
} from '@tessera/proto';
import { callError } from '../call-error.js';
import type { DenoiserPart } from './denoiser-part.js';
import { TensorTrain, tensorMessages } from './tensor-train.js';

interface OpenRun {
  readonly run: PartRun__Output;
  readonly train: TensorTrain;
  pending: PendingRun | undefined;
}

/** The runs that one denoiser asks of a part, over one stream. */
export class PartRuns {
  readonly #part: DenoiserPart;
  readonly #respond: (message: RunPartResponse) => void;
  readonly #reportFault: ReportFault;
  readonly #open = new Map<string, OpenRun>();

  constructor(part: DenoiserPart, respond: (message: RunPartResponse) => void, reportFault: ReportFault) {
    this.#part = part;
    this.#respond = respond;
    this.#reportFault = reportFault;
  }

  /**
   * Takes one message. What is wrong with a run is answered to that run.
   *
   * @throws TesseraError invalid_argument for a message that belongs to none, which ends the stream.
   */
  accept({ runId, run, tensor }: RunPartRequest__Output): void {
    if (run) this.#announce(runId, run);
    else if (tensor) this.#add(runId, tensor);
    else throw invalidField('request', 'must be a run or a tensor', 'nothing');
  }

  /** Resolves when every open run has been answered. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map(({ pending }) => pending?.result));
  }

  /** Withdraws every run that has not started. */
  close(): void {
    for (const { pending } of this.#open.values()) pending?.drop();
    this.#open.clear();
  }

  #announce(runId: string, run: PartRun__Output): void {
    if (this.#open.has(runId)) throw invalidField('run_id', 'must not be open already', runId);
    const open: OpenRun = { run, train: new TensorTrain(run.tensors), pending: undefined };
    this.#open.set(runId, open);
    if (open.train.complete) this.#begin(runId, open);
  }

  #add(runId: string, tensor: NamedTensor__Output): void {
    const open = this.#open.get(runId);
    // Of a run that was refused meanwhile.
    if (open === undefined || open.pending !== undefined) return;
    try {
      open.train.add(tensor);
      if (open.train.complete) this.#begin(runId, open);
    } catch (thrown) {
      this.#fail(runId, thrown);
    }
  }

  #begin(runId: string, open: OpenRun): void {
    try {
      open.pending = this.#part.begin({ ...open.run, feeds: open.train.tensors });
    } catch (thrown) {
      this.#fail(runId, thrown);
      return;
    }
    open.pending.result.then(
      ({ outputs, runMs }) => {
        if (!this.#open.delete(runId)) return;
        this.#respond({
          runId,
          ran: { tensors: Object.keys(outputs).length, runUs: Math.round(runMs * 1000) },
        });
        for (const tensor of tensorMessages(outputs)) this.#respond({ runId, tensor });
      },
      (thrown) => {
        if (this.#open.has(runId)) this.#fail(runId, thrown);
      },
    );
  }

  #fail(runId: string, thrown: unknown): void {
    this.#open.delete(runId);
    this.#respond({ runId, error: callError(thrown, this.#reportFault) });
  }
}
