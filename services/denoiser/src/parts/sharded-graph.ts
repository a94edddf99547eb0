import { EventEmitter, once } from 'node:events';
import { TesseraError } from '@tessera/core';
import { type Executor, type LoadedNetwork, type PendingRun, type RunResult, runParts } from '@tessera/onnx';
import type { GraphRun, NetworkGraph, PendingGraphRun } from '../network-graph.js';
import type { CutDenoiser, CutPart } from './cut-denoiser.js';
import type { PartLink } from './part-link.js';
import type { Tensors } from './tensor-train.js';

export interface ShardedGraphSetup {
  readonly executor: Executor;
  /** Of the first part. */
  readonly network: LoadedNetwork;
  readonly cut: CutDenoiser;
  /** To the others, in order. */
  readonly links: readonly PartLink[];
}

/**
 * A graph in consecutive parts: the first on this process's executor, each
 * other one at a worker of its own. Tensors go to the worker that reads them
 * and back, so one that is lost is asked again, with what it was asked. While
 * a run is at a later part the next ones are at those before: one at each, and
 * one that waits.
 */
export class ShardedGraph implements NetworkGraph {
  readonly runsAtOnce: number;
  readonly #setup: ShardedGraphSetup;
  readonly #left = new EventEmitter().setMaxListeners(0);
  #underWay = 0;
  #unfinished = 0;

  constructor(setup: ShardedGraphSetup) {
    this.#setup = setup;
    this.runsAtOnce = setup.cut.parts.length;
  }

  get unfinished(): number {
    return this.#unfinished;
  }

  begin(feeds: Tensors, run: GraphRun): PendingGraphRun {
    const [first] = this.#setup.cut.parts;
    let begun: PendingRun | undefined;
    let startedAtMs = 0;
    let runMs = 0;
    this.#underWay += 1;
    const runPart = async (part: CutPart, given: Tensors): Promise<Tensors> => {
      if (part !== first) {
        const result = await this.#runFurther(part, given, run);
        runMs += result.runMs;
        return result.outputs;
      }
      begun = this.#beginFirst(part, given, run);
      const ran = await begun.result;
      this.#unfinished += run.evaluations;
      ({ startedAtMs, runMs } = ran);
      return ran.outputs;
    };
    const result = runParts(this.#setup.cut.parts, runPart, feeds, [run.output]).then((outputs): RunResult => {
      this.#unfinished -= run.evaluations;
      return { outputs, startedAtMs, runMs };
    });
    const leave = () => {
      this.#underWay -= 1;
      this.#left.emit('left');
    };
    result.then(leave, leave);
    return {
      result,
      drop: () => begun?.drop() ?? false,
      freed: this.#freed(begun),
    };
  }

  /** When the first part has nothing to do, and the others not too much. */
  async #freed(begun: PendingRun | undefined): Promise<void> {
    await begun?.result.catch(() => {});
    while (this.#underWay > this.runsAtOnce) await once(this.#left, 'left');
  }

  #beginFirst({ inputs, outputs }: CutPart, given: Tensors, { evaluations, mayFail = false }: GraphRun): PendingRun {
    const { executor, network, cut } = this.#setup;
    const later = new Set(cut.parts.slice(1).flatMap((part) => part.inputs));
    // The executor takes the memory of what it is fed.
    const feeds = Object.fromEntries(
      inputs.map((name) => {
        const tensor = given[name];
        return [name, tensor && later.has(name) ? { ...tensor, data: tensor.data.slice() } : tensor];
      }),
    ) as Tensors;
    return executor.begin(network, feeds, { outputs, evaluations, mayFail });
  }

  #runFurther(part: CutPart, feeds: Tensors, { evaluations, mayFail = false, wanted = () => true }: GraphRun) {
    if (!wanted()) throw new TesseraError('cancelled', 'nobody waits for this evaluation any more');
    const { cut, links } = this.#setup;
    const index = cut.parts.indexOf(part);
    const link = links[index - 1];
    if (link === undefined) throw new RangeError(`no worker has part ${index}`);
    return link.run({ model: cut.card.name, cut: cut.id, part: index, evaluations, mayFail, feeds });
  }
}
