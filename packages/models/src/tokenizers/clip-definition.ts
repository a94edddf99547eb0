import { modelDefect } from '../model-defect.js';
import { specialToken, type TokenizerFiles, tokenId } from './tokenizer-files.js';

/** The words CLIP's byte-pair merges stay inside (openai/CLIP simple_tokenizer.py). */
const WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/**
 * CLIP's byte-pair encoding as tokenizer.json would define it, from vocab.json
 * and merges.txt: what transformers' CLIPConverter makes of them.
 * @throws TesseraError `failed_precondition` when one of the two is missing.
 */
export function clipDefinition(files: TokenizerFiles): object {
  if (files.vocab === undefined)
    throw modelDefect(`${files.folder}/vocab.json`, 'is missing, and so is tokenizer.json');
  const start = specialToken(files, 'bos_token') ?? '<|startoftext|>';
  const end = specialToken(files, 'eos_token') ?? '<|endoftext|>';
  const unknown = specialToken(files, 'unk_token') ?? '<|endoftext|>';
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [start, end].map((content) => addedToken(tokenId(files, content), content)),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, tokenId(files, end)],
      cls: [start, tokenId(files, start)],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: null,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      byte_fallback: false,
      vocab: files.vocab.values,
      merges: mergePairs(files),
    },
  };
}

function addedToken(id: number, content: string): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

function mergePairs(files: TokenizerFiles): readonly [string, string][] {
  const path = `${files.folder}/merges.txt`;
  if (files.merges === undefined) throw modelDefect(path, 'is missing, and so is tokenizer.json');
  const pairs: [string, string][] = [];
  for (const line of files.merges.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#version')) continue;
    const [left, right, ...rest] = line.split(' ');
    if (left === undefined || right === undefined || rest.length > 0) {
      throw modelDefect(path, `has a line that is not a pair: ${JSON.stringify(line.slice(0, 40))}`);
    }
    pairs.push([left, right]);
  }
  return pairs;
}
