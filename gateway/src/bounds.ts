import type { GATEWAY_SETTINGS, SettingValues } from '@tessera/runtime';
import type { GatewaySetup } from './gateway.js';

/** How much a gateway takes on and keeps, as its settings say. */
export function boundsOf(
  values: SettingValues<typeof GATEWAY_SETTINGS>,
): Pick<GatewaySetup, 'queueBounds' | 'conditioningCacheBytes' | 'retention'> {
  return {
    queueBounds: {
      maxQueuedMs: values.maxQueuedWork,
      maxQueued: values.maxQueued,
      maxRunningBytes: values.runningMemory,
    },
    conditioningCacheBytes: values.conditioningCache,
    retention: { keepMs: values.resultsKeep, maxBytes: values.resultsMaxBytes },
  };
}
