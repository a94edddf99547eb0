import type { TypedTensor } from '../../typed-tensor.js';

export type NamedTensors = Readonly<Record<string, TypedTensor>>;

/** What the chain needs to know of a part: a written SubGraph's borders, by name. */
export interface PartBorder {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Runs consecutive parts one after the other, each fed from the inputs and from
 * what earlier parts gave. A tensor is dropped after its last reader.
 * @param run runs one part; it gets exactly the part's inputs and answers its outputs.
 * @param outputs names of the tensors to answer.
 */
export async function runParts<P extends PartBorder>(
  parts: readonly P[],
  run: (part: P, feeds: NamedTensors) => Promise<NamedTensors>,
  feeds: NamedTensors,
  outputs: readonly string[],
): Promise<NamedTensors> {
  const live = new Map(Object.entries(feeds));
  for (const [i, part] of parts.entries()) {
    const result = await run(part, picked(live, part.inputs));
    for (const name of part.outputs) live.set(name, result[name] as TypedTensor);
    const needed = new Set([...parts.slice(i + 1).flatMap(({ inputs }) => inputs), ...outputs]);
    for (const name of live.keys()) if (!needed.has(name)) live.delete(name);
  }
  return picked(live, outputs);
}

function picked(live: ReadonlyMap<string, TypedTensor>, names: readonly string[]): NamedTensors {
  return Object.fromEntries(
    names.map((name) => {
      const tensor = live.get(name);
      if (tensor === undefined) throw new RangeError(`no part before has made ${name}, and it was not fed`);
      return [name, tensor];
    }),
  );
}
