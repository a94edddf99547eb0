import {
  type Conditionings,
  DEFAULT_LIMITS,
  encodePrompts,
  type GenerationRequest,
  gatherPixels,
  generateImage,
  type ModelCard,
  type PixelBand,
  type Pixels,
  type Plan,
  parseGenerationRequest,
  planGeneration,
  type Stages,
  type Tensor,
} from '@tessera/core';
import { ConditioningCache, createRemoteStages, Dispatcher, Workers } from '@tessera/gateway';
import type { GenerationRequestInput } from '@tessera/proto';
import { createLogger, type Logger } from '@tessera/runtime';

/** What a generation gives that the public interface tells only the hash of. */
export interface GeneratedImage {
  readonly plan: Plan;
  /** Scaled, [channels, height, width]. */
  readonly latent: Tensor;
  readonly pixels: Pixels;
}

/** A planned generation with its prompts encoded, and the stages to make it with. */
export interface StagedRun {
  readonly plan: Plan;
  readonly stages: Stages;
  readonly conditionings: Conditionings;
  readonly signal: AbortSignal;
}

/** Runs the core's generator in this process over workers in theirs, with the gateway's stages. */
export class WorkerStages {
  readonly #log: Logger;
  readonly #workers: Workers;
  readonly #dispatcher: Dispatcher;
  readonly #cache = new ConditioningCache(16 * 1024 * 1024);
  readonly #stop = new AbortController();
  readonly #attending: Promise<void>;

  constructor(addresses: readonly string[]) {
    const log = createLogger('test', 'error');
    this.#log = log;
    this.#workers = new Workers(log);
    this.#dispatcher = new Dispatcher({ workers: this.#workers, logger: log, fairOrder: true });
    this.#attending = this.#workers.run(onceOf(new Set(addresses)), this.#stop.signal);
    this.#dispatcher.run(this.#stop.signal).catch(() => {});
  }

  /** The image of the core's generator. */
  generate(input: GenerationRequestInput, card: ModelCard): Promise<GeneratedImage> {
    return this.run(input, card, wholeImage);
  }

  /** What a generator of the caller's makes of the stages. */
  async run<Result>(
    input: GenerationRequestInput,
    card: ModelCard,
    generator: (run: StagedRun) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = this.#stop;
    const request = requestFrom(input, card);
    const plan = planGeneration(request, card);
    const stages = createRemoteStages({
      dispatcher: this.#dispatcher,
      cache: this.#cache,
      card,
      plan,
      logger: this.#log,
      numericClass: await this.#dispatcher.choice.chooseNumericClass(card.sha256, signal),
      generationId: 'test',
      tenant: request.tenant,
      weight: 1,
      priority: request.priority,
      timeLeftMs: () => undefined,
      signal,
    });
    const conditionings = await encodePrompts(request, plan, stages, signal);
    return generator({ plan, stages, conditionings, signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#attending;
  }
}

export async function wholeImage({ plan, stages, conditionings, signal }: StagedRun): Promise<GeneratedImage> {
  let latent: Tensor | undefined;
  const bands: PixelBand[] = [];
  for await (const event of generateImage({ plan, imageIndex: 0, conditionings }, stages, signal)) {
    if (event.type === 'latent') latent = event.latent;
    if (event.type === 'pixels') bands.push(event.band);
  }
  if (latent === undefined) throw new Error('the generator ended without a latent');
  return { plan, latent, pixels: await gatherPixels(bands, plan) };
}

/** A request to the one model. */
export function requestFrom(input: GenerationRequestInput, card: ModelCard): GenerationRequest {
  return parseGenerationRequest(input, {
    tenant: 'test',
    models: [card],
    defaultModel: card.name,
    drawSeed: () => 0,
    limits: DEFAULT_LIMITS,
  });
}

/** Worker addresses that do not change. */
export async function* onceOf<Value>(value: Value): AsyncGenerator<Value> {
  yield value;
}
