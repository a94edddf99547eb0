import type { TokenizerCard } from '@tessera/core';
import type { JsonFile } from '../folder/json-file.js';
import type { ModelFolder } from '../folder/model-folder.js';
import { modelDefect } from '../model-defect.js';
import { readTokenizerFiles, specialToken, tokenId } from '../tokenizers/tokenizer-files.js';
import { componentClass } from './pipeline-class.js';

/** transformers' class, without Fast, and the pad token that the class takes when its files name none. */
const TOKENIZERS: Readonly<Record<string, { readonly kind: TokenizerCard['kind']; readonly padToken: string }>> = {
  CLIPTokenizer: { kind: 'clip-bpe', padToken: '<|endoftext|>' },
  BertTokenizer: { kind: 'bert-wordpiece', padToken: '[PAD]' },
};

/** transformers writes 10³⁰ for "no limit". */
const LONGEST_CONTEXT = 8192;

export interface TokenizerReading {
  readonly card: TokenizerCard;
  /** model_max_length, when the tokenizer limits itself. */
  readonly maxLength: number | undefined;
}

/**
 * The pad rule is each model's own: SD 1.x pads with the end token, SD 2.x and
 * SDXL's second tokenizer with "!" (numerics: CLIP padding).
 */
export function readTokenizer(model: ModelFolder, modelIndex: JsonFile, folder: string): TokenizerReading {
  const files = readTokenizerFiles(model, folder);
  const named = [files.config?.text('tokenizer_class'), componentClass(modelIndex, folder)];
  const known = named.map((name) => TOKENIZERS[name?.replace(/Fast$/, '') ?? '']).find((entry) => entry !== undefined);
  if (known === undefined) {
    const spelled = named.find((name) => name !== undefined) ?? 'of no class';
    throw modelDefect(folder, `holds a tokenizer ${spelled}; Tessera has ${Object.keys(TOKENIZERS).join(', ')}`);
  }
  const maxLength = files.config?.finite('model_max_length');
  return {
    card: { kind: known.kind, folder, padTokenId: tokenId(files, specialToken(files, 'pad_token') ?? known.padToken) },
    maxLength: maxLength !== undefined && maxLength <= LONGEST_CONTEXT ? maxLength : undefined,
  };
}
