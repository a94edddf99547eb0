import { loadTestPoints } from './01-load-tests.js';
import { oneTracePoint } from './02-one-trace.js';
import { scrapePoint } from './03-scrape.js';
import { chartPoint } from './04-chart.js';
import { renderedCommandsPoint } from './05-rendered-commands.js';
import { identityPoint } from './06-identity.js';
import { telemetryOverheadPoint } from './07-overhead.js';
import { upgradePoint } from './08-upgrade.js';

export const operate = [
  ...loadTestPoints,
  oneTracePoint,
  scrapePoint,
  chartPoint,
  renderedCommandsPoint,
  identityPoint,
  telemetryOverheadPoint,
  upgradePoint,
] as const;
