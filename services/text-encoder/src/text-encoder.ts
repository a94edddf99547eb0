import { createHash } from 'node:crypto';
import { type ModelCard, type Tensor, TesseraError } from '@tessera/core';
import type { EvaluationCost, Executor } from '@tessera/onnx';
import type { ProgramLoad, WorkerProgram } from '@tessera/runtime';
import { conditioningInputs } from './conditioning-inputs.js';
import type { EncoderNetwork } from './encoder-network.js';

/** What one prompt becomes. */
export interface PromptConditioning {
  /** Content address: equal for equal model, tokens and numeric class. */
  readonly conditioningId: string;
  /** Denoiser inputs by graph name, without batch axis. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Tokens that did not fit the context, of the encoder that cut most. */
  readonly truncatedTokens: number;
}

export interface EncoderModel {
  readonly card: ModelCard;
  readonly networks: readonly EncoderNetwork[];
}

export interface TextEncoderParts {
  readonly executor: Executor;
  readonly numericClass: string;
  readonly models: readonly EncoderModel[];
  readonly evaluationCosts: readonly EvaluationCost[];
}

/** Prompts to conditioning, on the executor of this process. */
export class TextEncoder implements WorkerProgram {
  readonly models: readonly ModelCard[];
  readonly device: string;
  readonly numericClass: string;
  readonly threads: number;
  readonly evaluationCosts: readonly EvaluationCost[];
  readonly failed: Promise<Error>;
  readonly #executor: Executor;
  readonly #models: readonly EncoderModel[];

  constructor({ executor, numericClass, models, evaluationCosts }: TextEncoderParts) {
    this.models = models.map(({ card }) => card);
    this.device = executor.device;
    this.numericClass = numericClass;
    this.threads = executor.threads;
    this.evaluationCosts = evaluationCosts;
    this.failed = executor.failed;
    this.#executor = executor;
    this.#models = models;
  }

  /** @throws TesseraError not_found */
  model(name: string): EncoderModel {
    const found = this.#models.find(({ card }) => card.name === name);
    if (found === undefined)
      throw new TesseraError('not_found', `this worker has no model ${name}`, { field: 'model' });
    return found;
  }

  async encode({ card, networks }: EncoderModel, prompt: string, signal: AbortSignal): Promise<PromptConditioning> {
    const tokenized = networks.map((network) => network.tokenize(prompt));
    const encoded = await Promise.all(
      networks.map((network, index) =>
        // A prompt is one evaluation, however many encoders a model has.
        network.encode(tokenized[index]?.ids ?? [], { signal, evaluations: index === 0 ? 1 : 0 }),
      ),
    );
    const identity = JSON.stringify([card.sha256, tokenized.map(({ ids }) => ids), this.numericClass]);
    return {
      conditioningId: createHash('sha256').update(identity).digest('hex'),
      inputs: conditioningInputs(card.conditioning.layout, encoded),
      truncatedTokens: Math.max(...tokenized.map(({ truncatedTokens }) => truncatedTokens)),
    };
  }

  load(): ProgramLoad {
    const pending = this.#executor.pendingRuns();
    return {
      waiting: Math.max(0, pending - 1),
      running: Math.min(1, pending),
      busy: this.#executor.busyShare(),
      // Every prompt has the same length.
      forecastMs: pending > 0 ? this.evaluationCosts[0]?.runMs : undefined,
      evaluationsStarted: this.#executor.evaluationsStarted(),
      evaluationsCompleted: this.#executor.evaluationsCompleted(),
    };
  }

  close(): Promise<void> {
    return this.#executor.close();
  }
}
