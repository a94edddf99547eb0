import {
  type Conditioning,
  type ModelCard,
  type Pixels,
  type PredictCall,
  type PromptText,
  type Stages,
  type Tensor,
  TesseraError,
} from '@tessera/core';
import { type CallOrder, tesseraV1 } from '@tessera/proto';
import type { WorkerLink } from '../workers/worker-link.js';
import type { ConditioningCache } from './conditioning-cache.js';
import type { Dispatcher } from './dispatcher.js';
import { remoteDecode } from './remote-decode.js';
import { conditioningKey, remoteEncode, zeroConditioning } from './remote-encode.js';

/** One generation's use of the workers. */
export interface RemoteStagesSetup {
  readonly dispatcher: Dispatcher;
  readonly cache: ConditioningCache;
  readonly card: ModelCard;
  /** Pixels of one image. */
  readonly width: number;
  readonly height: number;
  /** The class of denoisers that the generation stays inside. */
  readonly numericClass: string;
  readonly order: Omit<CallOrder, 'remainingEvaluations' | 'timeLeftMs'>;
  readonly timeLeftMs: () => number | undefined;
  /** Ends every call. */
  readonly signal: AbortSignal;
  /** Ends decodes in its place. */
  readonly decodeSignal?: AbortSignal;
}

export interface RemoteStages extends Stages {
  /** Of the workers that did the work, in order of stage, each once, joined by `+`. */
  numericClasses(): string;
}

/** The core's three functions over gRPC. Aborting the setup's signal ends them all; the signals they are given are its own. */
export function createRemoteStages(setup: RemoteStagesSetup): RemoteStages {
  const { dispatcher, card, signal } = setup;
  const { name: model, sha256: modelSha256 } = card;
  const classOf = { encode: '', decode: '' };

  return {
    async encode(prompts) {
      const encoded = await encodeTexts(setup, textsOf(prompts, card), (numericClass) => {
        classOf.encode = numericClass;
      });
      return prompts.map((prompt) => conditioningOf(prompt, encoded, card));
    },

    async predict(call: PredictCall): Promise<readonly Tensor[]> {
      const order = orderOf(setup, call);
      const { latent, timestep, conditionings, inputs } = call;
      const window = { model, latent, timestep, conditionings, inputs, order };
      const need = { modelSha256, numericClass: setup.numericClass };
      const { predictions } = await dispatcher.predict(need, window, signal);
      return predictions;
    },

    decode(latent): Promise<Pixels> {
      const need = { stage: 'decoder', modelSha256, evaluations: 1 } as const;
      return dispatcher.onWorker(need, setup.decodeSignal ?? signal, async (worker, callSignal) => {
        const client = worker.channel.client(tesseraV1.DecoderService);
        const pixels = await remoteDecode(client, model, latent, setup, whileTrusted(worker, callSignal));
        classOf.decode = numericClassOf(worker);
        return pixels;
      });
    },

    numericClasses() {
      const classes = new Set([classOf.encode, setup.numericClass, classOf.decode]);
      return [...classes].filter((numericClass) => numericClass !== '').join('+');
    },
  };
}

function orderOf({ order, timeLeftMs }: RemoteStagesSetup, call: PredictCall): CallOrder {
  const leftMs = timeLeftMs();
  return {
    ...order,
    remainingEvaluations: call.remainingEvaluations,
    // On the wire 0 is "no limit"; a limit that has just passed is about to abort the call anyway.
    timeLeftMs: leftMs === undefined ? 0 : Math.max(1, Math.ceil(leftMs)),
  };
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
  { dispatcher, cache, card, signal }: RemoteStagesSetup,
  texts: readonly string[],
  encodedBy: (numericClass: string) => void,
): Promise<ReadonlyMap<string, Conditioning>> {
  const need = { stage: 'text-encoder', modelSha256: card.sha256, evaluations: texts.length } as const;
  return dispatcher.onWorker(need, signal, async (worker, callSignal) => {
    const numericClass = numericClassOf(worker);
    const keyOf = (text: string) => conditioningKey(card.sha256, numericClass, text);
    const found = new Map(texts.map((text) => [text, cache.get(keyOf(text))]));
    const missing = texts.filter((text) => found.get(text) === undefined);
    if (missing.length > 0) {
      const client = worker.channel.client(tesseraV1.TextEncoderService);
      const encoded = await remoteEncode(client, card.name, missing, whileTrusted(worker, callSignal));
      for (const [index, text] of missing.entries()) {
        const conditioning = encoded[index];
        if (conditioning === undefined) continue;
        cache.put(keyOf(text), conditioning);
        found.set(text, conditioning);
      }
    }
    encodedBy(numericClass);
    return new Map([...found].flatMap(([text, entry]) => (entry === undefined ? [] : [[text, entry]])));
  });
}

function whileTrusted(worker: WorkerLink, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, worker.trust]);
}

function numericClassOf({ description }: WorkerLink): string {
  return description?.numericClass ?? '';
}
