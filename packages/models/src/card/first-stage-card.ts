import type { DecoderCard, ImageEncoderCard } from '@tessera/core';
import { modelDefect } from '../model-defect.js';
import type { GraphHeader } from '../onnx-header/graph-header.js';
import { fixedExtent, fixedExtents, names, networkFloat, onlyInput } from './graph-border.js';

export function decoderCard(graphPath: string, header: GraphHeader): DecoderCard {
  const latent = onlyInput(graphPath, header);
  return {
    input: latent.name,
    output: firstOutput(graphPath, header).name,
    float: networkFloat(graphPath, latent),
    ...fixedExtents(graphPath, latent),
  };
}

/**
 * Optimum's encoder gives the posterior's moments, diffusers' own export a
 * sample of it, drawn inside the graph.
 */
export function imageEncoderCard(graphPath: string, header: GraphHeader, latentChannels: number): ImageEncoderCard {
  const pixels = onlyInput(graphPath, header);
  const output = firstOutput(graphPath, header);
  const channels = fixedExtent(output, 1);
  const givesMoments = channels === undefined ? output.name === 'latent_parameters' : channels === 2 * latentChannels;
  if (channels !== undefined && !givesMoments && channels !== latentChannels) {
    throw modelDefect(graphPath, `gives ${channels} channels for a latent of ${latentChannels}`);
  }
  return {
    input: pixels.name,
    output: output.name,
    posterior: givesMoments ? 'moments' : 'sample',
    float: networkFloat(graphPath, pixels),
    ...fixedExtents(graphPath, pixels),
  };
}

function firstOutput(graphPath: string, header: GraphHeader): GraphHeader['outputs'][number] {
  const [output] = header.outputs;
  if (output === undefined || header.outputs.length > 1) {
    throw modelDefect(graphPath, `has the outputs ${names(header.outputs)}; one is expected`);
  }
  return output;
}
