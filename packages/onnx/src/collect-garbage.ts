import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Gives back the memory of tensors that nothing refers to any more. V8 counts
 * it, but collects when its own heap grows, and that of a thread which passes
 * tensors on hardly does; ONNX Runtime's allocations fail meanwhile.
 */
export async function collectGarbage(): Promise<void> {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  // ONNX Runtime's own memory goes in finalizers, which V8 posts for the loop's next turns.
  await turn();
  await turn();
}
