import type { Receipt } from '@tessera/core';
import { receiptJson } from '@tessera/proto';
import type { PngText } from './png-parts.js';

/** The receipt as a PNG carries it: `tessera` for programs, `parameters` as Stable Diffusion's tools write it. */
export function receiptTexts(receipt: Receipt): readonly PngText[] {
  return [
    { keyword: 'parameters', text: parametersText(receipt) },
    { keyword: 'tessera', text: asciiJson(receiptJson(receipt)) },
  ];
}

/** Any reader of tEXt can read it, whatever the prompt is written in. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The "generation parameters" text of the AUTOMATIC1111 web UI (modules/processing.py, create_infotext). */
function parametersText(receipt: Receipt): string {
  const { prompt, negativePrompt, steps, scheduler, guidanceScale, seed, width, height, modelSha256, model } = receipt;
  const parameters = [
    `Steps: ${steps}`,
    `Sampler: ${scheduler}`,
    `CFG scale: ${guidanceScale}`,
    `Seed: ${seed}`,
    `Size: ${width}x${height}`,
    `Model hash: ${modelSha256.slice(0, 10)}`,
    `Model: ${model}`,
    ...(receipt.eta === 0 ? [] : [`Eta: ${receipt.eta}`]),
    `Version: Tessera ${receipt.tesseraVersion}`,
  ].join(', ');
  const negative = negativePrompt ? [`Negative prompt: ${negativePrompt}`] : [];
  return [prompt, ...negative, parameters].join('\n');
}
