import { chartPoint } from './04-chart.js';
import { renderedCommandsPoint } from './05-rendered-commands.js';

export const operate = [chartPoint, renderedCommandsPoint] as const;
