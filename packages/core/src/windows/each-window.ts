import type { Window } from '../plan.js';
import type { CancelSignal } from '../signal.js';
import { createInOrder } from './in-order.js';

/**
 * Makes something of every window, some at once, and hands it on in window
 * order, whichever comes first. Once the signal is aborted or a window has
 * failed, none is begun.
 *
 * @param atOnce windows that are under way at most.
 * @throws what `make` or the signal throws.
 */
export async function eachWindow<Value>(
  windows: readonly Window[],
  atOnce: number,
  signal: CancelSignal,
  make: (window: Window, index: number) => Promise<Value>,
  hand: (value: Value) => void,
): Promise<void> {
  const inOrder = createInOrder(hand);
  let next = 0;
  const makeSome = async () => {
    while (next < windows.length) {
      signal.throwIfAborted();
      const index = next;
      next += 1;
      try {
        inOrder.put(index, await make(windows[index] as Window, index));
      } catch (thrown) {
        next = windows.length;
        throw thrown;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, windows.length) }, makeSome));
}
