import { ERROR_CODES, TesseraError } from '@tessera/core';
import {
  type DenoiserPartServiceClient,
  type DuplexCall,
  duplexCall,
  type PartRun,
  type RunPartRequest,
  type RunPartResponse__Output,
} from '@tessera/proto';
import { type Tensors, TensorTrain, tensorMessages } from './tensor-train.js';

/** What is asked of a part's worker at once. */
export interface PartCall extends Omit<PartRun, 'tensors'> {
  readonly feeds: Tensors;
}

export interface PartResult {
  readonly outputs: Tensors;
  /** Time in the graph. */
  readonly runMs: number;
}

interface OpenRun {
  answer: { readonly train: TensorTrain; readonly runMs: number } | undefined;
  readonly resolve: (result: PartResult) => void;
  readonly reject: (reason: unknown) => void;
}

/** One stream to the worker of a part, with the runs that are open on it. */
export class PartCalls {
  readonly #call: DuplexCall<RunPartRequest, RunPartResponse__Output>;
  readonly #open = new Map<string, OpenRun>();
  #sent: Promise<unknown> = Promise.resolve();
  #lastId = 0;
  #ended: unknown;

  constructor(client: DenoiserPartServiceClient) {
    this.#call = duplexCall(client.runPart());
    void this.#hearAll();
  }

  /** Nothing more comes of it. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** @throws TesseraError what the worker said of this run; `unavailable` when it was lost. */
  run({ feeds, ...run }: PartCall): Promise<PartResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#lastId += 1;
    const runId = String(this.#lastId);
    const result = new Promise<PartResult>((resolve, reject) => {
      this.#open.set(runId, { answer: undefined, resolve, reject });
    });
    // One after the other, so that runs begin in the order in which they were asked for.
    this.#sent = this.#sent.then(() => this.#send(runId, run, feeds)).catch((thrown) => this.#end(thrown));
    return result;
  }

  close(reason: unknown): void {
    this.#end(reason);
    this.#call.cancel();
  }

  async #send(runId: string, run: Omit<PartRun, 'tensors'>, feeds: Tensors): Promise<void> {
    if (!this.#open.has(runId)) return;
    await this.#call.write({ runId, run: { ...run, tensors: Object.keys(feeds).length } });
    for (const tensor of tensorMessages(feeds)) await this.#call.write({ runId, tensor });
  }

  async #hearAll(): Promise<void> {
    try {
      for await (const response of this.#call.responses) this.#hear(response);
      this.#end(new TesseraError('unavailable', 'the worker ended the stream'));
    } catch (thrown) {
      this.#end(thrown);
    }
  }

  #hear({ runId, ran, tensor, error }: RunPartResponse__Output): void {
    const open = this.#open.get(runId);
    if (open === undefined) return;
    if (error) {
      this.#open.delete(runId);
      const code = ERROR_CODES.find((known) => known === error.code) ?? 'internal';
      open.reject(new TesseraError(code, error.message));
      return;
    }
    if (ran) open.answer = { train: new TensorTrain(ran.tensors), runMs: Number(ran.runUs) / 1000 };
    if (tensor) open.answer?.train.add(tensor);
    if (!open.answer?.train.complete) return;
    this.#open.delete(runId);
    open.resolve({ outputs: open.answer.train.tensors, runMs: open.answer.runMs });
  }

  #end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    const cause = TesseraError.from(reason);
    const lost = new TesseraError('unavailable', `the worker of the part is lost: ${cause.message}`, { cause });
    this.#ended = lost;
    for (const { reject } of this.#open.values()) reject(lost);
    this.#open.clear();
  }
}
