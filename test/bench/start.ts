import { join } from 'node:path';
import { startCluster } from '../support/cluster.js';
import { startBareStage } from './bare.js';
import { type Figure, median } from './figure.js';
import { BUILT_IN } from './overhead.js';

const ROUNDS = 3;

/** `tessera up` to ready, over the time that bare processes need to load the same three graphs side by side. */
export async function startFigure(): Promise<Figure> {
  const up: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    up.push(
      await timed(async () => {
        const cluster = await startCluster();
        return () => cluster.stop();
      }),
    );
    bare.push(
      await timed(async () => {
        const graphs = ['text_encoder', 'unet', 'vae_decoder'].map((part) => join(BUILT_IN.folder, part, 'model.onnx'));
        const stages = await Promise.all(graphs.map((graph) => startBareStage(graph, 1)));
        return () => {
          for (const stage of stages) stage.close();
        };
      }),
    );
  }
  const [upMs, bareMs] = [median(up), median(bare)];
  return {
    name: 'tessera up to ready / bare loads',
    ratio: upMs / bareMs,
    of: `${upMs.toFixed(0)} ms / ${bareMs.toFixed(0)} ms`,
  };
}

async function timed(start: () => Promise<() => unknown>): Promise<number> {
  const begin = performance.now();
  const stop = await start();
  const elapsed = performance.now() - begin;
  await stop();
  return elapsed;
}
