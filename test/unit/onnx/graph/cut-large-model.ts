import { join } from 'node:path';
import { GraphIndex, planGraphParts, readGraphModel, writeSubGraph } from '@tessera/onnx';

/** Cuts a model into two parts and prints what that took: `cut-large-model.js MODEL FOLDER`. */
const [model, folder] = process.argv.slice(2) as [string, string];
const startedWith = process.resourceUsage().maxRSS;
const { parts } = planGraphParts(new GraphIndex(readGraphModel(model)), 2, new Map([['x', [1, 16384]]]));
for (const part of parts) await writeSubGraph(part, join(folder, `${part.name}.onnx`));
const weightBytes = parts.map((part) => part.weightBytes);
console.log(JSON.stringify({ weightBytes, grewByKiB: process.resourceUsage().maxRSS - startedWith }));
