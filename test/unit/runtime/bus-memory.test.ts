import { createMemoryBus } from '@tessera/runtime';
import { busConformance } from '../../support/bus-conformance.js';

busConformance('the Bus in memory', async (t, options) => {
  const bus = createMemoryBus(options);
  t.after(() => bus.close());
  return { here: bus, there: bus };
});
