import { TesseraError } from '@tessera/core';
import type { Bus } from './bus.js';
import { createMemoryLiveChannel } from './memory-live-channel.js';
import { MemoryLogStore } from './memory-log-store.js';
import { createMemoryObjectStore } from './memory-object-store.js';
import { createMemoryPresence } from './memory-presence.js';

/**
 * The Bus of one gateway that runs alone. Everything in it ends with the process.
 *
 * @param presenceExpiryMs how long a gateway may be silent.
 */
export function createMemoryBus({ presenceExpiryMs }: { presenceExpiryMs?: number } = {}): Bus {
  const controller = new AbortController();
  const closed = controller.signal;
  return {
    logs: new MemoryLogStore(closed),
    objects: createMemoryObjectStore(closed),
    live: createMemoryLiveChannel(closed),
    presence: createMemoryPresence(closed, presenceExpiryMs === undefined ? {} : { expiryMs: presenceExpiryMs }),
    connectedMs: () => performance.now(),
    failed: new AbortController().signal,
    async close() {
      controller.abort(new TesseraError('unavailable', 'the Bus is closed'));
    },
  };
}
