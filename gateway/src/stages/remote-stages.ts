import {
  type Conditioning,
  type ModelCard,
  type PixelBand,
  type Pixels,
  type Plan,
  type PredictCall,
  type PromptText,
  type Stages,
  type Tensor,
  TesseraError,
  windowsPerStep,
} from '@tessera/core';
import { tesseraV1 } from '@tessera/proto';
import { type CallTrace, type Logger, NO_RECORDER, type Telemetry } from '@tessera/runtime';
import type { WorkerLink } from '../workers/worker-link.js';
import type { ConditioningCache } from './conditioning-cache.js';
import { decodeCanvas } from './decode-canvas.js';
import type { Dispatcher } from './dispatcher.js';
import { encodeImage } from './encode-image.js';
import { remoteEncode, zeroConditioning } from './remote-encode.js';

/** One generation's use of the workers. */
export interface RemoteStagesSetup {
  readonly dispatcher: Dispatcher;
  readonly cache: ConditioningCache;
  readonly card: ModelCard;
  readonly plan: Plan;
  readonly logger: Logger;
  /** The class of denoisers that the generation stays inside. */
  readonly numericClass: string;
  readonly generationId: string;
  readonly tenant: string;
  /** Share of the tenant against others. */
  readonly weight: number;
  readonly priority: number;
  readonly timeLeftMs: () => number | undefined;
  /** Ends every call. */
  readonly signal: AbortSignal;
  /** Ends decodes in its place. */
  readonly decodeSignal?: AbortSignal;
  readonly telemetry?: Telemetry;
}

/** What calls belong to, as of when they are made. */
export interface Traced {
  readonly call: CallTrace | undefined;
}

const NO_TRACE: Traced = { call: undefined };

export interface RemoteStages extends Stages {
  /** The latent of some pixels: the posterior's mean, scaled. */
  encodeImage(pixels: Pixels): Promise<Tensor>;
  /** Of the workers that did the work, in order of stage, each once, joined by `+`. */
  numericClasses(): string;
  /** The same, with calls that belong to this. */
  under(trace: Traced): RemoteStages;
}

/** The numeric classes of several of one image, each once, joined by `+`. */
export function joinedClasses(stages: readonly RemoteStages[]): string {
  return [...new Set(stages.flatMap((each) => each.numericClasses().split('+')))].join('+');
}

/** The core's three functions over gRPC. Aborting the setup's signal ends them all; the signals they are given are its own. */
export function createRemoteStages(setup: RemoteStagesSetup): RemoteStages {
  const { dispatcher, card, signal } = setup;
  const { name: model, sha256: modelSha256 } = card;
  const windows = windowsPerStep(setup.plan);
  const classOf = { encode: '', decode: '' };

  const under = (trace: Traced): RemoteStages => ({
    under,

    async encode(prompts) {
      const encoded = await encodeTexts(setup, textsOf(prompts, card), trace, (numericClass) => {
        classOf.encode = numericClass;
      });
      return prompts.map((prompt) => conditioningOf(prompt, encoded, card));
    },

    predict(call: PredictCall): Promise<readonly Tensor[]> {
      const { latent, timestep, conditionings, inputs, remainingEvaluations, onTaken } = call;
      const { generationId, tenant, weight, priority, numericClass, timeLeftMs } = setup;
      const caller = { tenant, weight, priority, timeLeftMs: timeLeftMs() };
      const place = { modelSha256, numericClass, ...caller, remainingEvaluations };
      const window = { model, latent, timestep, conditionings, inputs };
      const request = { place, generationId, window, windows, onTaken, trace: trace.call };
      return dispatcher.predict(request, signal);
    },

    async *decode(latent): AsyncGenerator<PixelBand> {
      const decodedBy = (numericClass: string) => {
        classOf.decode = numericClass;
      };
      yield* decodeCanvas({ ...setup, decodedBy, trace: trace.call }, latent, setup.decodeSignal ?? signal);
    },

    encodeImage(pixels): Promise<Tensor> {
      const encodedBy = (numericClass: string) => {
        classOf.decode = numericClass;
      };
      const setupOfImage = { dispatcher, card, numericClass: classOf.decode, encodedBy, trace: trace.call };
      return encodeImage(setupOfImage, pixels, setup.decodeSignal ?? signal);
    },

    numericClasses() {
      const classes = new Set([classOf.encode, setup.numericClass, classOf.decode]);
      return [...classes].filter((numericClass) => numericClass !== '').join('+');
    },
  });
  return under(NO_TRACE);
}

function textsOf(prompts: readonly PromptText[], card: ModelCard): readonly string[] {
  const encoded = prompts.filter((prompt) => !standsAsZeros(prompt, card)).map(({ text }) => text);
  // Zeros take their shapes from another conditioning of the model.
  return encoded.length > 0 ? [...new Set(encoded)] : [''];
}

function standsAsZeros({ absent }: PromptText, { conditioning }: ModelCard): boolean {
  return absent && conditioning.zerosForAbsentNegative;
}

function conditioningOf(prompt: PromptText, encoded: ReadonlyMap<string, Conditioning>, card: ModelCard): Conditioning {
  const zeros = standsAsZeros(prompt, card);
  const found = zeros ? [...encoded.values()][0] : encoded.get(prompt.text);
  if (found === undefined) throw new TesseraError('internal', 'a prompt was left without conditioning');
  return zeros ? zeroConditioning(found) : found;
}

async function encodeTexts(
  { dispatcher, cache, card, signal, telemetry }: RemoteStagesSetup,
  texts: readonly string[],
  trace: Traced,
  encodedBy: (numericClass: string) => void,
): Promise<ReadonlyMap<string, Conditioning>> {
  const { sha256: modelSha256 } = card;
  const need = { stage: 'text-encoder', modelSha256 } as const;
  const { metrics = NO_RECORDER } = telemetry ?? {};
  const lookedUp = (outcome: 'hit' | 'miss', count: number) =>
    metrics.count('tessera_cache_lookups_total', { cache: 'conditioning', outcome }, count);
  // What is known waits for no text encoder.
  for (const numericClass of dispatcher.choice.numericClasses(need)) {
    const known = cache.getAll({ modelSha256, numericClass }, texts);
    if (known.size < texts.length) continue;
    encodedBy(numericClass);
    lookedUp('hit', known.size);
    return known;
  }
  return dispatcher.onWorker(need, signal, async (worker, callSignal) => {
    const encoder = { modelSha256, numericClass: numericClassOf(worker) };
    const found = new Map(cache.getAll(encoder, texts));
    const missing = texts.filter((text) => !found.has(text));
    lookedUp('hit', found.size);
    lookedUp('miss', missing.length);
    if (missing.length > 0) {
      const client = worker.channel.client(tesseraV1.TextEncoderService);
      const encoded = await remoteEncode(client, card.name, missing, whileTrusted(worker, callSignal), trace.call);
      for (const [index, text] of missing.entries()) {
        const conditioning = encoded[index];
        if (conditioning === undefined) continue;
        cache.put(encoder, text, conditioning);
        found.set(text, conditioning);
      }
    }
    encodedBy(encoder.numericClass);
    return found;
  });
}

function whileTrusted(worker: WorkerLink, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, worker.trust]);
}

function numericClassOf({ description }: WorkerLink): string {
  return description?.numericClass ?? '';
}
