import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TokenizerCard } from '@tessera/core';
import { createTokenizer } from '@tessera/models';
import { goldensFolder, readGolden } from '../../support/goldens.js';
import { repoRoot } from '../../support/paths.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

interface TokenGoldens {
  readonly cases: readonly { readonly prompt: string; readonly clip: number[]; readonly bert: number[] }[];
}

const { cases } = readGolden<TokenGoldens>('tokens.json');
const builtIn = join(repoRoot, 'models/emoji');
const CLIP: TokenizerCard = { kind: 'clip-bpe', folder: 'clip-tokenizer', padTokenId: 49407 };
const BERT: TokenizerCard = { kind: 'bert-wordpiece', folder: 'tokenizer', padTokenId: 0 };

test('CLIP built from vocab.json and merges.txt gives the ids of transformers', () => {
  const tokenizer = createTokenizer(goldensFolder, CLIP, 77);
  for (const { prompt, clip } of cases) assert.deepEqual(tokenizer.encode(prompt).ids, clip, prompt);
});

test('BERT from tokenizer.json gives the ids of transformers', () => {
  const tokenizer = createTokenizer(builtIn, BERT, 32);
  for (const { prompt, bert } of cases) assert.deepEqual(tokenizer.encode(prompt).ids, bert, prompt);
});

test('BERT from vocab.txt alone gives the same ids', () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'tokenizer'));
  copyFileSync(join(builtIn, 'tokenizer/vocab.txt'), join(folder.path, 'tokenizer/vocab.txt'));
  const tokenizer = createTokenizer(folder.path, BERT, 32);
  for (const { prompt, bert } of cases) assert.deepEqual(tokenizer.encode(prompt).ids, bert, prompt);
});

test('a long text is cut before its end token, and the cut is counted', () => {
  const tokenizer = createTokenizer(goldensFolder, CLIP, 77);
  const { ids, truncatedTokens } = tokenizer.encode('apple '.repeat(100));
  assert.equal(ids.length, 77);
  assert.equal(ids[0], 49406);
  assert.equal(ids[76], 49407);
  assert.equal(truncatedTokens, 25);
  assert.equal(tokenizer.encode('apple '.repeat(75)).truncatedTokens, 0);
});

test('padding is the card’s own token', () => {
  const { ids } = createTokenizer(goldensFolder, { ...CLIP, padTokenId: 0 }, 77).encode('a red apple');
  assert.deepEqual(ids.slice(0, 7), [49406, 320, 736, 3055, 49407, 0, 0]);
  assert.equal(ids.at(-1), 0);
});

test('a folder that lacks the merges is refused by name', () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'clip-tokenizer'));
  copyFileSync(join(goldensFolder, 'clip-tokenizer/vocab.json'), join(folder.path, 'clip-tokenizer/vocab.json'));
  assert.throws(() => createTokenizer(folder.path, CLIP, 77), /clip-tokenizer\/merges\.txt is missing/);
  writeFileSync(join(folder.path, 'clip-tokenizer/merges.txt'), '#version: 0.2\none two three\n');
  assert.throws(() => createTokenizer(folder.path, CLIP, 77), /merges\.txt has a line that is not a pair/);
  rmSync(join(folder.path, 'clip-tokenizer/vocab.json'));
  assert.throws(() => createTokenizer(folder.path, CLIP, 77), /vocab\.json is missing/);
});
