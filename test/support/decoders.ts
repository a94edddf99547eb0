import {
  gatherPixels,
  type ModelCard,
  type PixelBand,
  type Pixels,
  type Plan,
  planGeneration,
  type Tensor,
} from '@tessera/core';
import { ConditioningCache, createRemoteStages, Dispatcher, Workers } from '@tessera/gateway';
import { createLogger, type Logger } from '@tessera/runtime';
import { startWorker, type WorkerProcess, type WorkerStart } from './worker-process.js';
import { onceOf, requestFrom } from './worker-stages.js';

/** Decoder processes, and the gateway's own way to use them. */
export class Decoders {
  readonly workers: readonly WorkerProcess[];
  readonly card: ModelCard;
  readonly #stop = new AbortController();
  readonly #log: Logger = createLogger('test', 'error');
  readonly #links = new Workers(this.#log);
  readonly #dispatcher = new Dispatcher({ workers: this.#links, logger: this.#log, fairOrder: true });
  readonly #attending: Promise<void>;

  private constructor(workers: readonly WorkerProcess[], card: ModelCard) {
    this.workers = workers;
    this.card = card;
    const addresses = new Set(workers.map(({ address }) => address));
    this.#attending = this.#links.run(onceOf(addresses), this.#stop.signal);
  }

  static async start(count: number, start: WorkerStart = {}): Promise<Decoders> {
    const workers = await Promise.all(Array.from({ length: count }, () => startWorker('decoder', start)));
    await Promise.all(workers.map((worker) => worker.ready()));
    const { models } = (await workers[0]?.describe()) ?? {};
    return new Decoders(workers, JSON.parse(models?.[0]?.cardJson ?? ''));
  }

  /** Resolves once so many of the decoders can be used. */
  async usable(count: number): Promise<void> {
    while (this.#links.ready('decoder', this.card.sha256).length !== count) {
      await this.#links.changed(AbortSignal.timeout(30_000));
    }
  }

  /** @param size in pixels, and whatever else a request says of its canvas. */
  planOf(size: { readonly width: number; readonly height: number; readonly wrap?: 'x' | 'y' | 'both' }): Plan {
    return planGeneration(requestFrom({ prompt: 'x', ...size }, this.card), this.card);
  }

  /** The rows of the image as they come. */
  bands(plan: Plan, latent: Tensor, signal: AbortSignal = this.#stop.signal): AsyncIterable<PixelBand> {
    const stages = createRemoteStages({
      dispatcher: this.#dispatcher,
      cache: new ConditioningCache(0),
      card: this.card,
      plan,
      logger: this.#log,
      numericClass: '',
      generationId: 'test',
      tenant: 'test',
      weight: 1,
      priority: 5,
      timeLeftMs: () => undefined,
      signal,
    });
    return stages.decode(latent, signal);
  }

  decode(plan: Plan, latent: Tensor): Promise<Pixels> {
    return gatherPixels(this.bands(plan, latent), plan);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#attending;
    await Promise.all(this.workers.map((worker) => worker[Symbol.asyncDispose]()));
  }
}
