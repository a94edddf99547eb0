import { TesseraError } from '@tessera/core';
import { createMemoryBus, readyLine, runMain } from '@tessera/runtime';

// A process of ours that fails, waits, or leaves handles open, as its argument says.
const [behaviour] = process.argv.slice(2);

await runMain('example', async ({ signal, log }) => {
  // A handle that nothing closes must not keep the process alive.
  setInterval(() => {}, 1_000);
  log.info('started', { generation_id: 'g1' });
  readyLine({ ready: true, pid: process.pid });
  switch (behaviour) {
    case 'return':
      return;
    case 'bad-input':
      throw new TesseraError('invalid_argument', 'steps must be at least 1; got 0', { field: 'steps' });
    case 'unavailable':
      throw new TesseraError('unavailable', 'no device');
    case 'crash':
      setImmediate(() => {
        throw new RangeError('nobody awaits this');
      });
      break;
    case 'reject':
      void createMemoryBus().logs.append('not an id', 0, new Uint8Array(0));
      break;
    case 'throw-reason':
      await ended(signal);
      throw signal.reason;
    case 'deaf':
      await new Promise(() => {});
  }
  await ended(signal);
});

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
