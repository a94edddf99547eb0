import { setImmediate as turn } from 'node:timers/promises';
import {
  type CompletedImage,
  type Conditioning,
  type Conditionings,
  type GenerationRecord,
  generateImage,
  type Image,
  imageSeed,
  type Receipt,
  type SchedulerState,
  type SeamMeter,
  type Tensor,
  toldBaseStep,
} from '@tessera/core';
import type { ImageCheckpoints } from '../checkpoints/image-checkpoints.js';
import { latentSha256 } from '../images/hashes.js';
import { receiptTexts } from '../images/receipt-text.js';
import type { Ledger } from '../ledger.js';
import { joinedClasses, type RemoteStages } from '../stages/remote-stages.js';
import type { ImageTelemetry } from '../telemetry/image-telemetry.js';
import { TESSERA_VERSION } from '../version.js';
import type { RemoteBaseImage } from './base-image.js';
import { createImageDelivery, type ImageDelivery } from './image-delivery.js';
import type { PreviewLane } from './preview-lane.js';
import { canvasOfReceipt, seamMeterOf } from './receipt-canvas.js';
import type { Results } from './results.js';
import type { Stopwatch } from './stopwatch.js';

export interface ImageRunSetup {
  readonly record: GenerationRecord;
  readonly fence: number;
  /** Of the attempt. */
  readonly begun: Promise<unknown>;
  readonly imageIndex: number;
  readonly conditionings: Conditionings;
  readonly stages: RemoteStages;
  /** Of a plan that composes. */
  readonly base: RemoteBaseImage | undefined;
  /** Where it goes on; `undefined` begins it. */
  readonly resumeFrom: SchedulerState | undefined;
  readonly checkpoints: ImageCheckpoints;
  readonly results: Results;
  readonly arithmeticVersion: string;
  /** Shows that the prompts are encoded. */
  readonly stopwatch: Stopwatch;
  readonly previews: PreviewLane | undefined;
  readonly told: ImageTelemetry;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  /** Aborted: the image is not decoded. */
  readonly decodeSignal: AbortSignal;
  /** Rows of a large image, from `y` on, are stored. */
  readonly tellRegion: (y: number, image: Image) => Promise<void>;
  /** A step is done. Must not wait. */
  readonly onStep: (stepIndex: number, steps: number) => void;
}

/** Makes one image of a generation: denoise, decode, encode, store. */
export async function runImage(setup: ImageRunSetup): Promise<CompletedImage> {
  const release = setup.ledger.take('latents');
  try {
    const completed = await makeImage(setup);
    setup.told.ended();
    return completed;
  } catch (thrown) {
    setup.told.ended(thrown);
    throw thrown;
  } finally {
    release();
  }
}

async function makeImage(setup: ImageRunSetup): Promise<CompletedImage> {
  const { record, imageIndex, conditionings, stages, previews, signal, decodeSignal, stopwatch, told } = setup;
  const { plan } = record;
  const previewSteps = new Set(plan.previewSteps);
  let latent: Tensor | undefined;
  const delivery = createImageDelivery({ ...setup, ...record, plan, format: record.request.outputFormat });
  const seams = seamMeterOf(plan);
  const { checkpoints, resumeFrom } = setup;
  const run = { plan, imageIndex, conditionings, ...(resumeFrom && { resumeFrom }) };
  const tell = (stepIndex: number, steps: number, denoised: Tensor) => {
    told.step(stepIndex);
    setup.onStep(stepIndex, steps);
    if (previewSteps.has(stepIndex)) previews?.offer(stepIndex, denoised);
  };
  told.denoises();
  for await (const event of generateImage(run, stages, decodeSignal, setup.base)) {
    switch (event.type) {
      case 'base-step': {
        await setup.begun;
        const told = plan.compose && toldBaseStep(plan.compose, event.stepIndex, event.steps);
        if (told !== undefined) tell(told, plan.timesteps.length, event.denoised);
        break;
      }
      case 'composed':
        stopwatch.lap('compose');
        checkpoints.reached(event.state);
        break;
      case 'step':
        // The next evaluation is on the wire before anything is done about this one.
        await turn();
        await setup.begun;
        checkpoints.reached(event.state);
        tell(event.stepIndex, event.steps, event.denoised);
        break;
      case 'latent':
        stopwatch.lap('denoise');
        latent = event.latent;
        await checkpoints.keep();
        told.decodes();
        break;
      case 'pixels':
        seams?.add(event.band.data);
        await delivery.add(event.band);
        break;
    }
  }
  if (latent === undefined) throw new RangeError('an image ended without its latent');
  stopwatch.lap('decode');
  const [completed] = await Promise.all([
    finishImage(setup, latent, delivery, seams),
    // The last preview goes out before the image does.
    previews?.settled(),
  ]);
  signal.throwIfAborted();
  return completed;
}

async function finishImage(
  setup: ImageRunSetup,
  latent: Tensor,
  delivery: ImageDelivery,
  seams: SeamMeter | undefined,
): Promise<CompletedImage> {
  const { stopwatch, stages, base } = setup;
  const numericClass = joinedClasses(base === undefined ? [stages] : [base.stages, stages]);
  const hashes = { latentSha256: latentSha256(latent), imageSha256: delivery.imageSha256(), numericClass };
  let receipt: Receipt | undefined;
  const sealed = () => {
    stopwatch.lap('image_encoding');
    receipt = receiptOf(setup, hashes, seams);
    return receipt;
  };
  const image = await delivery.finish(() => receiptTexts(sealed()));
  return { image, receipt: receipt ?? sealed() };
}

function receiptOf(
  { record, imageIndex, conditionings, arithmeticVersion, stopwatch }: ImageRunSetup,
  hashes: Pick<Receipt, 'latentSha256' | 'imageSha256' | 'numericClass'>,
  seams: SeamMeter | undefined,
): Receipt {
  const { request, plan } = record;
  const { unconditional, conditional } = conditionings;
  return {
    imageIndex,
    model: plan.model,
    modelSha256: plan.modelSha256,
    prompt: request.prompt,
    ...(request.negativePrompt !== undefined && { negativePrompt: request.negativePrompt }),
    seed: String(imageSeed(plan, imageIndex)),
    scheduler: plan.scheduler,
    steps: plan.steps,
    timesteps: plan.timesteps,
    guidanceScale: plan.guidanceScale,
    guidanceRescale: plan.guidanceRescale,
    eta: plan.eta,
    width: plan.width,
    height: plan.height,
    windows: plan.windows,
    ...canvasOfReceipt(plan, seams),
    evaluations: plan.evaluations / plan.count,
    ...hashes,
    arithmeticVersion,
    timings: stopwatch.timings('total'),
    ...restartsOf(record, imageIndex),
    cache: [...(unconditional ? [unconditional] : []), conditional].map(cacheUse),
    tesseraVersion: TESSERA_VERSION,
  };
}

function restartsOf({ events }: GenerationRecord, imageIndex: number): Pick<Receipt, 'restarts'> {
  const restarts = events.flatMap((event) =>
    event.type === 'restarted' && event.imageIndex === imageIndex
      ? [{ stepIndex: event.stepIndex, reason: event.reason }]
      : [],
  );
  return restarts.length === 0 ? {} : { restarts };
}

function cacheUse({ id, cached }: Conditioning) {
  return { cache: 'conditioning', key: id, hit: cached };
}
