import { join } from 'node:path';
import { GraphIndex, planGraphParts, readGraphModel, type WriteOptions, writeSubGraph } from '@tessera/onnx';

/** Cuts a model into two parts and prints what that took: `cut-large-model.js MODEL FOLDER link|copy`. */
const [model, folder, weights] = process.argv.slice(2) as [string, string, NonNullable<WriteOptions['weights']>];
const startedWith = process.resourceUsage().maxRSS;
const { parts } = planGraphParts(new GraphIndex(readGraphModel(model)), 2, new Map([['x', [1, 16384]]]));
for (const part of parts) await writeSubGraph(part, join(folder, `${part.name}.onnx`), { weights });
const weightBytes = parts.map((part) => part.weightBytes);
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ weightBytes, peakKiB: maxRSS, grewByKiB: maxRSS - startedWith }));
