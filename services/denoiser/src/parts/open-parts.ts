import { createHash } from 'node:crypto';
import type { ModelCard } from '@tessera/core';
import type { OpenedModel } from '@tessera/models';
import type { Executor } from '@tessera/onnx';
import { connectPeer, type Logger, type Peers } from '@tessera/runtime';
import type { NetworkGraph } from '../network-graph.js';
import { openCuts, tellCut, verifyDenoiser } from './open-cuts.js';
import { openPart } from './open-part.js';
import { PartLink } from './part-link.js';
import { ShardedGraph } from './sharded-graph.js';

export interface PartsSetup {
  readonly executor: Executor;
  /** Of the executor. */
  readonly numericClass: string;
  readonly models: readonly OpenedModel[];
  /** Of the workers that have the further parts, in order. */
  readonly addresses: readonly string[];
  /** How they are known; plain text when not given. */
  readonly peers?: Peers | undefined;
  /** Folder of this machine's caches. */
  readonly cache: string;
  readonly log: Logger;
}

/** Denoisers of which this process has the first part, and the others by workers of their own. */
export interface OpenedParts {
  readonly links: readonly PartLink[];
  readonly numericClass: string;
  /** A cut model's graph; `undefined` of one that stays whole. */
  graphOf(card: ModelCard): NetworkGraph | undefined;
  close(): Promise<void>;
}

/** Resolves when every part's worker was there. @throws TesseraError failed_precondition when ONNX Runtime refuses a part. */
export async function openParts(setup: PartsSetup, signal: AbortSignal): Promise<OpenedParts> {
  const { executor, models, addresses, cache, log, peers } = setup;
  const stop = new AbortController();
  const links = addresses.map((address) => new PartLink(connectPeer(address, 'denoiser-part', peers), log));
  const attending = Promise.all(links.map((link) => link.attend(stop.signal)));
  const close = async () => {
    stop.abort();
    await attending;
  };
  try {
    const graphs = new Map<string, ShardedGraph>();
    const cutIds: string[] = [];
    for (const { opened, cut } of openCuts(models, addresses.length + 1, log)) {
      const verify = () => verifyDenoiser(opened, log, signal);
      if (cut === undefined) {
        await verify();
        continue;
      }
      tellCut(cut, log);
      const network = await executor.load(await openPart(cut, 0, { cache, verify, signal }));
      graphs.set(cut.card.sha256, new ShardedGraph({ executor, network, cut, links }));
      cutIds.push(cut.id);
    }
    const classes = graphs.size === 0 ? [] : await Promise.all(links.map((link) => link.numericClass(signal)));
    return {
      links: graphs.size === 0 ? [] : links,
      numericClass: classOfParts(setup.numericClass, classes, cutIds),
      graphOf: ({ sha256 }) => graphs.get(sha256),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/**
 * Where a graph is cut ONNX Runtime cannot fuse, and sums may go another way.
 * So what is cut is a class of its own, by the cut and by what each part's
 * worker is: only denoisers that are cut alike stand for each other.
 */
function classOfParts(own: string, classes: readonly string[], cutIds: readonly string[]): string {
  if (cutIds.length === 0) return own;
  const hash = createHash('sha256').update(JSON.stringify([own, classes, cutIds]));
  return `${own}-${classes.length + 1}parts-${hash.digest('hex').slice(0, 8)}`;
}
