import { invalidField } from '@tessera/core';
import type { PageStart } from '../generations/generation-index.js';

export function pageToken({ createdAtMs, generationId }: PageStart): string {
  return Buffer.from(JSON.stringify([createdAtMs, generationId])).toString('base64url');
}

/** @throws TesseraError `invalid_argument` for a token that no page gave. */
export function parsePageToken(token: string): PageStart | undefined {
  if (token === '') return undefined;
  try {
    const [createdAtMs, generationId] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof createdAtMs === 'number' && typeof generationId === 'string') return { createdAtMs, generationId };
  } catch {
    // Refused below, like any other text that is no token.
  }
  throw invalidField('page_token', 'must come from an earlier page', token);
}
