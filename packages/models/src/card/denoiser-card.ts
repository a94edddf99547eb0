import type { DenoiserCard, DenoiserInputCard } from '@tessera/core';
import type { JsonFile } from '../folder/json-file.js';
import { modelDefect } from '../model-defect.js';
import type { GraphHeader, TensorHeader } from '../onnx-header/graph-header.js';
import { fixedExtent, fixedExtents, names, networkFloat } from './graph-border.js';

/** The inputs beside sample and timestep that Tessera can feed. */
const FED_INPUTS = ['encoder_hidden_states', 'text_embeds', 'time_ids', 'timestep_cond'];

/** @param config unet/config.json, which old exports lack. */
export function denoiserCard(graphPath: string, header: GraphHeader, config: JsonFile | undefined): DenoiserCard {
  const sample = requiredInput(graphPath, header, 'sample');
  const timestep = requiredInput(graphPath, header, 'timestep');
  requiredInput(graphPath, header, 'encoder_hidden_states');
  const others = header.inputs.filter((input) => input !== sample && input !== timestep);
  const timestepCond = others.find((input) => input.name === 'timestep_cond');
  return {
    inputs: others.map((input) => inputCard(graphPath, input)),
    sampleInput: sample.name,
    ...timestepCard(graphPath, timestep),
    output: outputName(graphPath, header),
    float: networkFloat(graphPath, sample),
    ...fixedExtents(graphPath, sample),
    ...(timestepCond === undefined ? {} : { timestepCondDim: timestepCondDim(graphPath, timestepCond, config) }),
  };
}

function requiredInput(graphPath: string, header: GraphHeader, name: string): TensorHeader {
  const input = header.inputs.find((input) => input.name === name);
  if (input === undefined) throw modelDefect(graphPath, `has no input ${name}; its inputs are ${names(header.inputs)}`);
  return input;
}

function inputCard(graphPath: string, input: TensorHeader): DenoiserInputCard {
  if (!FED_INPUTS.includes(input.name)) {
    throw modelDefect(graphPath, `takes ${input.name}, which no text-to-image conditioning gives`);
  }
  if (input.shape === undefined) throw modelDefect(graphPath, `does not say the rank of ${input.name}`);
  return {
    name: input.name,
    shape: input.shape.slice(1).map((extent) => (typeof extent === 'number' ? extent : -1)),
    type: input.elementType === 'int64' ? 'int64' : networkFloat(graphPath, input),
  };
}

type TimestepCard = Pick<DenoiserCard, 'timestepInput' | 'timestepType' | 'timestepRank' | 'timestepFixedLength'>;

function timestepCard(graphPath: string, timestep: TensorHeader): TimestepCard {
  const rank = timestep.shape?.length;
  if (rank !== 0 && rank !== 1)
    throw modelDefect(graphPath, `has timestep of rank ${rank ?? 'unknown'}; 0 or 1 is expected`);
  const length = fixedExtent(timestep, 0);
  return {
    timestepInput: timestep.name,
    timestepType: timestep.elementType === 'int64' ? 'int64' : networkFloat(graphPath, timestep),
    timestepRank: rank,
    ...(length === undefined ? {} : { timestepFixedLength: length }),
  };
}

function outputName(graphPath: string, header: GraphHeader): string {
  const output = header.outputs.find((output) => output.name === 'out_sample') ?? header.outputs[0];
  if (output === undefined || (output.name !== 'out_sample' && header.outputs.length > 1)) {
    throw modelDefect(graphPath, `has the outputs ${names(header.outputs)}; out_sample is expected`);
  }
  return output.name;
}

function timestepCondDim(graphPath: string, input: TensorHeader, config: JsonFile | undefined): number {
  const width = fixedExtent(input, 1) ?? config?.positiveInteger('time_cond_proj_dim');
  if (width === undefined) throw modelDefect(graphPath, 'takes timestep_cond of unknown width (time_cond_proj_dim)');
  return width;
}
