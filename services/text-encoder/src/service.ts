import { invalidField } from '@tessera/core';
import {
  float32Parts,
  type ReportFault,
  serverStream,
  type TextEncoderServiceEncodeRequest__Output,
  type TextEncoderServiceEncodeResponse,
  type TextEncoderServiceHandlers,
} from '@tessera/proto';
import type { TextEncoder } from './text-encoder.js';

/** The gateway holds requests to bounds of its own; these only keep nonsense from costing work. */
const MAX_PROMPTS = 64;
const MAX_PROMPT_CHARACTERS = 65_536;

export function createTextEncoderHandlers(
  encoder: () => TextEncoder,
  reportFault: ReportFault,
): TextEncoderServiceHandlers {
  return { Encode: serverStream((request, signal) => encode(encoder(), request, signal), reportFault) };
}

async function* encode(
  encoder: TextEncoder,
  request: TextEncoderServiceEncodeRequest__Output,
  signal: AbortSignal,
): AsyncGenerator<TextEncoderServiceEncodeResponse> {
  assertPrompts(request.prompts);
  const model = encoder.model(request.model);
  const encoded = await Promise.all(request.prompts.map((prompt) => encoder.encode(model, prompt, signal)));
  for (const [promptIndex, { conditioningId, truncatedTokens, inputs }] of encoded.entries()) {
    for (const [name, tensor] of Object.entries(inputs)) {
      for (const part of float32Parts(tensor)) {
        yield { promptIndex, conditioningId, tensor: { name, tensor: part }, truncatedTokens };
      }
    }
  }
}

function assertPrompts(prompts: readonly string[]): void {
  if (prompts.length < 1 || prompts.length > MAX_PROMPTS) {
    throw invalidField('prompts', `must be 1 to ${MAX_PROMPTS}`, prompts.length);
  }
  const longest = Math.max(...prompts.map(({ length }) => length));
  if (longest > MAX_PROMPT_CHARACTERS) {
    throw invalidField('prompts', `must have at most ${MAX_PROMPT_CHARACTERS} characters each`, longest);
  }
}
