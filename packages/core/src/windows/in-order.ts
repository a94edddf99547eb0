/** Takes numbered values in any order. */
export interface InOrder<Value> {
  put(index: number, value: Value): void;
}

/** Hands on the values 0, 1, 2 … in this order, each as soon as those before it have come; keeps the others. */
export function createInOrder<Value>(hand: (value: Value) => void): InOrder<Value> {
  const early = new Map<number, Value>();
  let next = 0;
  return {
    put(index, value) {
      early.set(index, value);
      for (let ready = early.get(next); ready !== undefined; ready = early.get(next)) {
        early.delete(next);
        next += 1;
        hand(ready);
      }
    },
  };
}
