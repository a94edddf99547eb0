import type { SharedTensors, ShareLink } from '@tessera/onnx';
import { deferred } from './deferred.js';

/** Links of shares in one process: what one says, another hears as it is. */
export function shareLinks(rows: readonly number[]): readonly ShareLink[] {
  const letters = new Map<string, ReturnType<typeof deferred<SharedTensors>>>();
  const letter = (from: number, to: number, topic: string) => {
    const key = `${from} ${to} ${topic}`;
    const found = letters.get(key) ?? deferred<SharedTensors>();
    letters.set(key, found);
    return found;
  };
  return rows.map((_, index) => ({
    index,
    rows,
    send: async (to, topic, tensors) => letter(index, to, topic).resolve(tensors),
    receive: (from, topic) => letter(from, index, topic).promise,
  }));
}
