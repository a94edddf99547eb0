import { modelDefect } from '../model-defect.js';
import { specialToken, type TokenizerFiles, tokenId } from './tokenizer-files.js';

/**
 * BERT's WordPiece as tokenizer.json would define it, from vocab.txt: what
 * transformers' BertConverter makes of it.
 * @throws TesseraError `failed_precondition` when vocab.txt is missing.
 */
export function bertDefinition(files: TokenizerFiles): object {
  const lines = files.vocabLines;
  if (lines === undefined) throw modelDefect(`${files.folder}/vocab.txt`, 'is missing, and so is tokenizer.json');
  const start = specialToken(files, 'cls_token') ?? '[CLS]';
  const end = specialToken(files, 'sep_token') ?? '[SEP]';
  const unknown = specialToken(files, 'unk_token') ?? '[UNK]';
  const pad = specialToken(files, 'pad_token') ?? '[PAD]';
  const mask = specialToken(files, 'mask_token') ?? '[MASK]';
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [pad, unknown, start, end, mask].map((content) => addedToken(tokenId(files, content), content)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: files.config?.flag('tokenize_chinese_chars') ?? true,
      strip_accents: files.config?.flag('strip_accents') ?? null,
      lowercase: files.config?.flag('do_lower_case') ?? true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', sep: [end, tokenId(files, end)], cls: [start, tokenId(files, start)] },
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(lines.map((token, id) => [token, id])),
    },
  };
}

function addedToken(id: number, content: string): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}
