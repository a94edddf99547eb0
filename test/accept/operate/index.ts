import { loadTestsPoint } from './01-load-tests.js';
import { chartPoint } from './04-chart.js';
import { renderedCommandsPoint } from './05-rendered-commands.js';

export const operate = [loadTestsPoint, chartPoint, renderedCommandsPoint] as const;
