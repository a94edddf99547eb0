import { isRecord, type JsonFile } from '../folder/json-file.js';
import type { ModelFolder } from '../folder/model-folder.js';
import { modelDefect } from '../model-defect.js';

/** Everything a tokenizer folder may say, read once. Missing files are `undefined`. */
export interface TokenizerFiles {
  readonly folder: string;
  readonly config: JsonFile | undefined;
  readonly specialTokens: JsonFile | undefined;
  /** The fast tokenizer's whole definition. */
  readonly definition: JsonFile | undefined;
  /** CLIP's vocabulary, token to id. */
  readonly vocab: JsonFile | undefined;
  readonly merges: string | undefined;
  /** BERT's vocabulary, one token a line. */
  readonly vocabLines: readonly string[] | undefined;
}

export function readTokenizerFiles(model: ModelFolder, folder: string): TokenizerFiles {
  model.use(`${folder}/added_tokens.json`);
  return {
    folder,
    config: model.json(`${folder}/tokenizer_config.json`),
    specialTokens: model.json(`${folder}/special_tokens_map.json`),
    definition: model.json(`${folder}/tokenizer.json`),
    vocab: model.json(`${folder}/vocab.json`),
    merges: model.text(`${folder}/merges.txt`),
    vocabLines: model.text(`${folder}/vocab.txt`)?.trimEnd().split(/\r?\n/),
  };
}

export type SpecialToken =
  | 'bos_token'
  | 'eos_token'
  | 'unk_token'
  | 'pad_token'
  | 'cls_token'
  | 'sep_token'
  | 'mask_token';

/** A special token's text: special_tokens_map.json first, then tokenizer_config.json. */
export function specialToken(files: TokenizerFiles, name: SpecialToken): string | undefined {
  return tokenText(files.specialTokens?.values[name]) ?? tokenText(files.config?.values[name]);
}

/** A token is written as a string, or as an object with its content. */
function tokenText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return isRecord(value) && typeof value.content === 'string' ? value.content : undefined;
}

/** @throws TesseraError `failed_precondition` when no file of the folder gives the token an id. */
export function tokenId(files: TokenizerFiles, token: string): number {
  const id = addedTokenId(files, token) ?? vocabularyId(files, token);
  if (id === undefined) throw modelDefect(files.folder, `gives no id to the token ${JSON.stringify(token)}`);
  return id;
}

function vocabularyId(files: TokenizerFiles, token: string): number | undefined {
  const vocabulary = files.vocab?.values ?? modelVocabulary(files.definition);
  const id = vocabulary?.[token];
  if (typeof id === 'number') return id;
  const line = files.vocabLines?.indexOf(token) ?? -1;
  return line === -1 ? undefined : line;
}

function modelVocabulary(definition: JsonFile | undefined): Readonly<Record<string, unknown>> | undefined {
  const vocab = definition?.record('model')?.vocab;
  return isRecord(vocab) ? vocab : undefined;
}

function addedTokenId(files: TokenizerFiles, token: string): number | undefined {
  const added = files.definition?.values.added_tokens;
  if (!Array.isArray(added)) return undefined;
  const found = added.find((entry) => isRecord(entry) && entry.content === token);
  return typeof found?.id === 'number' ? found.id : undefined;
}
