import { durableFigures, measureDurableOverhead } from './durable-overhead.js';
import { measureThroughput, throughputFigures } from './engine-throughput.js';
import { estimateFigures } from './estimate.js';
import { printTable } from './figure.js';
import { gatewayMemoryFigure } from './gateway-memory.js';
import { measureMegapixel, megapixelFigures } from './megapixel.js';
import { BUILT_IN, measureOverhead, overheadFigures } from './overhead.js';
import { slowStepModel } from './slow-step-model.js';
import { startFigure } from './start.js';
import { measureTelemetry, telemetryFigure } from './telemetry-overhead.js';

/** `npm run bench`: see docs/benchmarks.md for what each figure is and how to repeat it. */
for (const threads of [1, 2]) {
  printTable(overheadFigures(BUILT_IN.name, threads, await measureOverhead(BUILT_IN, threads)));
}
{
  await using slow = await slowStepModel();
  printTable(overheadFigures(slow.model.name, 1, await measureOverhead(slow.model, 1)));
}
for (const threads of [1, 2]) printTable(throughputFigures(await measureThroughput(threads)));
printTable(megapixelFigures(await measureMegapixel()));
printTable([await startFigure()]);
printTable([await gatewayMemoryFigure()]);
printTable(await estimateFigures());
printTable(durableFigures(await measureDurableOverhead()));
printTable([telemetryFigure(await measureTelemetry())]);
