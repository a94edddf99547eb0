import { join } from 'node:path';
import { type Tensor, TesseraError, type TextEncoderCard } from '@tessera/core';
import { createTokenizer, type EncodedText, type Tokenizer } from '@tessera/models';
import {
  type Executor,
  float32FromTyped,
  type LoadedNetwork,
  type RunOptions,
  repeatedRow,
  type TypedTensor,
  typedFromFloat32,
} from '@tessera/onnx';

export interface EncodedTokens {
  /** [tokens, width] */
  readonly hiddenState: Tensor;
  /** [width], of an encoder that has one. */
  readonly pooled: Tensor | undefined;
  readonly runMs: number;
}

/** One text encoder of a model with its tokenizer. */
export class EncoderNetwork {
  readonly #executor: Executor;
  readonly #network: LoadedNetwork;
  readonly #tokenizer: Tokenizer;
  readonly #card: TextEncoderCard;

  private constructor(executor: Executor, network: LoadedNetwork, tokenizer: Tokenizer, card: TextEncoderCard) {
    this.#executor = executor;
    this.#network = network;
    this.#tokenizer = tokenizer;
    this.#card = card;
  }

  static async load(executor: Executor, folder: string, file: string, card: TextEncoderCard): Promise<EncoderNetwork> {
    const network = await executor.load(join(folder, file));
    return new EncoderNetwork(executor, network, createTokenizer(folder, card.tokenizer, card.contextLength), card);
  }

  tokenize(text: string): EncodedText {
    return this.#tokenizer.encode(text);
  }

  /** @param ids exactly as many as the context is long. */
  async encode(ids: readonly number[], options: Omit<RunOptions, 'outputs'>): Promise<EncodedTokens> {
    const { inputIdsInput, inputIdsType, hiddenStateOutput, pooledOutput, fixedBatch = 1 } = this.#card;
    const rows = repeatedRow(Float32Array.from(ids), fixedBatch);
    const feeds = { [inputIdsInput]: typedFromFloat32(inputIdsType, [fixedBatch, ids.length], rows) };
    const wanted = pooledOutput === undefined ? [hiddenStateOutput] : [hiddenStateOutput, pooledOutput];
    const { outputs, runMs } = await this.#executor.run(this.#network, feeds, { ...options, outputs: wanted });
    return {
      hiddenState: firstRow(outputs[hiddenStateOutput], hiddenStateOutput),
      pooled: pooledOutput === undefined ? undefined : firstRow(outputs[pooledOutput], pooledOutput),
      runMs,
    };
  }
}

function firstRow(output: TypedTensor | undefined, name: string): Tensor {
  if (output === undefined) throw new TesseraError('internal', `the text encoder gave no ${name}`);
  const [batch = 1, ...shape] = output.shape;
  const values = float32FromTyped(output);
  return { shape, data: values.subarray(0, values.length / batch) };
}
