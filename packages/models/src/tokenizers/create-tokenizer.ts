import { Tokenizer as SubwordTokenizer } from '@huggingface/tokenizers';
import type { TokenizerCard } from '@tessera/core';
import { ModelFolder } from '../folder/model-folder.js';
import { modelDefect } from '../model-defect.js';
import { bertDefinition } from './bert-definition.js';
import { clipDefinition } from './clip-definition.js';
import { readTokenizerFiles } from './tokenizer-files.js';

/** Text to the integers a text encoder takes. */
export interface Tokenizer {
  encode(text: string): EncodedText;
}

export interface EncodedText {
  /** Exactly the context length: start token, text, end token, padding. */
  readonly ids: readonly number[];
  /** Tokens of the text that did not fit and were left out before the end token. */
  readonly truncatedTokens: number;
}

/**
 * The tokenizer of one text encoder, from tokenizer.json where the model has
 * one and otherwise from the vocabulary files. Truncation and padding are done
 * here as transformers does them (`padding="max_length", truncation=True`),
 * whatever tokenizer.json says of them.
 * @param contextLength tokens, special ones included.
 * @throws TesseraError `failed_precondition` naming the file or folder at fault.
 */
export function createTokenizer(modelFolder: string, card: TokenizerCard, contextLength: number): Tokenizer {
  const files = readTokenizerFiles(new ModelFolder(modelFolder), card.folder);
  const definition =
    files.definition?.values ?? (card.kind === 'clip-bpe' ? clipDefinition(files) : bertDefinition(files));
  const subwords = buildSubwords(card.folder, definition);
  return {
    encode(text) {
      const { ids } = subwords.encode(text);
      return fit(ids, contextLength, card.padTokenId);
    },
  };
}

function buildSubwords(folder: string, definition: object): SubwordTokenizer {
  try {
    const subwords = new SubwordTokenizer(definition, {});
    const frame = subwords.encode('').ids;
    if (frame.length !== 2)
      throw new RangeError(`the empty text gives ${frame.length} tokens; start and end are expected`);
    return subwords;
  } catch (error) {
    throw modelDefect(folder, `holds no usable tokenizer: ${(error as Error).message}`, error);
  }
}

function fit(ids: readonly number[], contextLength: number, padTokenId: number): EncodedText {
  const truncatedTokens = Math.max(0, ids.length - contextLength);
  if (truncatedTokens > 0) {
    return { ids: [...ids.slice(0, contextLength - 1), ids.at(-1) as number], truncatedTokens };
  }
  return { ids: [...ids, ...Array<number>(contextLength - ids.length).fill(padTokenId)], truncatedTokens };
}
