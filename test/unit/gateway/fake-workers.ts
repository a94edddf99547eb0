import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { ModelCard, Tensor } from '@tessera/core';
import {
  type CallOrder__Output,
  type DecodeBandsRequest__Output,
  type DecodeRequest__Output,
  type DecodeResponse,
  type DecoderServiceHandlers,
  type DenoiserServiceHandlers,
  type ImageEncoderServiceEncodeRequest__Output,
  type ImageEncoderServiceHandlers,
  PROTOCOL_VERSION,
  type PredictRequest__Output,
  type PredictResponse,
  type Stage,
  TensorAssembly,
  type TextEncoderServiceHandlers,
  tensorParts,
  tesseraV1,
  type WireTensor,
  type WorkerServiceHandlers,
} from '@tessera/proto';

/** A model small enough to be computed by hand: 2 channels of 4×4 cells, 2 pixels a cell. */
export const tinyCard: ModelCard = {
  name: 'tiny',
  sha256: 'ab'.repeat(32),
  latentFormat: {
    channels: 2,
    scalingFactor: 1,
    shiftFactor: 0,
    spatialCompression: 2,
    preview: {
      factors: [
        [0.5, 0.2, 0.1],
        [0.1, 0.3, 0.6],
      ],
      bias: [0, 0, 0],
    },
  },
  nativeCanvas: { width: 4, height: 4 },
  latentMultiple: 1,
  defaults: { scheduler: 'ddim', steps: 4, guidanceScale: 3, width: 8, height: 8 },
  schedulerConfig: {},
  conditioning: {
    textEncoders: [
      {
        tokenizer: { kind: 'clip-bpe', folder: 'tokenizer', padTokenId: 0 },
        contextLength: 2,
        inputIdsInput: 'input_ids',
        inputIdsType: 'int32',
        hiddenStateOutput: 'last_hidden_state',
      },
    ],
    layout: 'last',
    zerosForAbsentNegative: false,
  },
  denoiser: {
    inputs: [{ name: 'encoder_hidden_states', shape: [2, 1], type: 'float32' }],
    sampleInput: 'sample',
    timestepInput: 'timestep',
    timestepType: 'int64',
    timestepRank: 1,
    output: 'out_sample',
    float: 'float32',
  },
  decoder: { input: 'latent_sample', output: 'sample', float: 'float32' },
  files: { textEncoders: [], denoiser: '', decoder: '' },
};

export interface FakeWorkerOptions {
  readonly card?: ModelCard;
  readonly numericClass?: string;
  readonly workerId?: string;
  /** What it says an evaluation costs; 1 ms when not given. */
  readonly evaluationMs?: number;
  /** host:port; a free one when not given. */
  readonly listen?: string;
}

/** What every fake worker is: one that is described, beats, and can be killed. */
export class FakeWorker {
  readonly address: string;
  readonly #server: Server;
  readonly #stopBeating: () => void;

  constructor(address: string, server: Server, stopBeating: () => void) {
    this.address = address;
    this.#server = server;
    this.#stopBeating = stopBeating;
  }

  /** Keeps its connections and says nothing any more, like a process that is stopped. */
  stopBeating(): void {
    this.#stopBeating();
  }

  /** Ends it without a word, like a process that is killed. */
  kill(): void {
    this.#server.forceShutdown();
  }
}

const BEAT_MS = 50;

interface FakeService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

async function startFakeWorker(
  t: TestContext,
  stage: Stage,
  service: FakeService,
  options: FakeWorkerOptions,
  further: readonly FakeService[] = [],
): Promise<FakeWorker> {
  const {
    card = tinyCard,
    numericClass = 'class-a',
    workerId = 'fake',
    evaluationMs = 1,
    listen = '127.0.0.1:0',
  } = options;
  let beats = true;
  const worker: WorkerServiceHandlers = {
    Describe: (_call, callback) =>
      callback(null, {
        protocolVersion: PROTOCOL_VERSION,
        workerId,
        stage,
        pid: process.pid,
        models: [{ name: card.name, sha256: card.sha256, cardJson: JSON.stringify(card) }],
        device: 'fake',
        numericClass,
        evaluationCosts: [{ batchSize: 1, duration: { seconds: 0, nanos: 1e6 * evaluationMs } }],
      }),
    Watch: (call) => {
      const beat = () => beats && call.write({ state: 'WORKER_STATE_READY', load: { waiting: 0, running: 0 } });
      beat();
      const timer = setInterval(beat, BEAT_MS);
      call.once('cancelled', () => clearInterval(timer));
      call.once('close', () => clearInterval(timer));
    },
  };
  const server = new Server();
  server.addService(tesseraV1.WorkerService.service, worker);
  for (const { definition, implementation } of [service, ...further]) server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const fake = new FakeWorker(`127.0.0.1:${port}`, server, () => {
    beats = false;
  });
  t.after(() => fake.kill());
  return fake;
}

/** What the fakes make of a prompt: one number. */
function numberOf(prompt: string): number {
  return createHash('sha256').update(prompt).digest().readUInt16LE() / 65_536;
}

export interface FakeTextEncoder extends FakeWorker {
  /** Every prompt that it was asked for. */
  readonly prompts: readonly string[];
}

export async function startFakeTextEncoder(t: TestContext, options: FakeWorkerOptions = {}): Promise<FakeTextEncoder> {
  const prompts: string[] = [];
  const implementation: TextEncoderServiceHandlers = {
    Encode: (call) => {
      for (const [promptIndex, prompt] of call.request.prompts.entries()) {
        prompts.push(prompt);
        const values = new Float32Array([numberOf(prompt), 1]);
        const [tensor] = tensorParts('DATA_TYPE_FLOAT32', [2, 1], new Uint8Array(values.buffer));
        call.write({
          promptIndex,
          conditioningId: createHash('sha256').update(prompt).digest('hex'),
          tensor: { name: 'encoder_hidden_states', tensor: tensor ?? null },
        });
      }
      call.end();
    },
  };
  const definition = tesseraV1.TextEncoderService.service;
  const worker = await startFakeWorker(t, 'STAGE_TEXT_ENCODER', { definition, implementation }, options);
  return Object.assign(worker, { prompts });
}

export interface DenoiserCall {
  readonly timestep: number;
  readonly conditionings: number;
  readonly generationId: string;
  readonly order: CallOrder__Output | null;
}

export interface FakeDenoiserOptions extends FakeWorkerOptions {
  /** What happens before the n-th call (from 0) is answered. */
  readonly beforeAnswer?: (n: number) => Promise<void>;
  readonly afterAnswer?: (n: number) => void;
  /** Calls that end it, like a crash in the network's native code. */
  readonly crashesOn?: (call: DenoiserCall) => boolean;
}

export interface FakeDenoiser extends FakeWorker {
  /** The calls it began, in order. */
  readonly calls: readonly DenoiserCall[];
  readonly uploads: readonly string[];
  readonly cancels: readonly string[];
  /** Forgets every conditioning, as a worker may under memory pressure. */
  forget(): void;
}

/** Predicts x/2 + the conditioning's number + t/1000, element by element. */
export async function startFakeDenoiser(t: TestContext, options: FakeDenoiserOptions = {}): Promise<FakeDenoiser> {
  const calls: DenoiserCall[] = [];
  const uploads: string[] = [];
  const cancels: string[] = [];
  const conditionings = new Map<string, number>();
  const answer = async (
    stream: ServerDuplexStream<PredictRequest__Output, PredictResponse>,
    call: NonNullable<PredictRequest__Output['call']>,
  ) => {
    const { callId, conditioningIds, latent, timestep, order } = call;
    const missing = conditioningIds.filter((id) => !conditionings.has(id));
    if (missing.length > 0) {
      stream.write({
        callId,
        error: { code: 'failed_precondition', message: 'missing', missingConditioningIds: missing },
      });
      return;
    }
    const n = calls.length;
    calls.push({ timestep, conditionings: conditioningIds.length, generationId: order?.generationId ?? '', order });
    if (order?.alone) stream.write({ callId, begins: {} });
    if (options.crashesOn?.(calls.at(-1) as DenoiserCall)) {
      // Once the message is out.
      setTimeout(() => worker.kill(), 20);
      return;
    }
    await options.beforeAnswer?.(n);
    if (latent === null || stream.cancelled) return;
    const { data, shape } = new TensorAssembly(latent, 1 << 20).float32();
    const predictions = conditioningIds.map((id) => {
      const values = data.map((x) => 0.5 * x + (conditionings.get(id) ?? 0) + timestep / 1000);
      const [tensor] = tensorParts('DATA_TYPE_FLOAT32', shape, new Uint8Array(values.buffer));
      return tensor as NonNullable<typeof tensor>;
    });
    stream.write({ callId, predictions: { predictions, runUs: 1_000, batchSize: conditioningIds.length } });
    options.afterAnswer?.(n);
  };
  const implementation: DenoiserServiceHandlers = {
    Predict: (stream) => {
      stream.on('data', ({ conditioning, call, cancel }: PredictRequest__Output) => {
        if (conditioning?.tensor?.tensor) {
          uploads.push(conditioning.conditioningId);
          const { data } = new TensorAssembly(conditioning.tensor.tensor, 1 << 20).float32();
          conditionings.set(conditioning.conditioningId, data[0] ?? 0);
        }
        if (call) void answer(stream, call);
        if (cancel) cancels.push(cancel.callId);
      });
      stream.on('end', () => stream.end());
      stream.on('error', () => {});
    },
  };
  const definition = tesseraV1.DenoiserService.service;
  const worker = await startFakeWorker(t, 'STAGE_DENOISER', { definition, implementation }, options);
  return Object.assign(worker, { calls, uploads, cancels, forget: () => conditionings.clear() });
}

export interface FakeDecoderOptions extends FakeWorkerOptions {
  /** It can decode one share of bands, the same way. */
  readonly decodesBands?: boolean;
  /** How the n-th decode (from 0) fails; it does not when this gives undefined. */
  readonly failure?: (n: number) => { code: number; details: string } | undefined;
  /** What happens before the n-th decode (from 0) is answered. */
  readonly beforeAnswer?: (n: number) => Promise<void>;
  /** How the n-th encode (from 0) fails; it does not when this gives undefined. */
  readonly encodeFailure?: (n: number) => { code: number; details: string } | undefined;
}

export interface FakeDecoder extends FakeWorker {
  readonly decodes: () => number;
  /** Sizes of the images that it encoded, `width×height`. */
  readonly encodes: readonly string[];
}

/** Bits in which nothing repeats (the finisher of MurmurHash3). */
function scrambled(i: number): number {
  const once = Math.imul(i ^ (i >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}

/** Each latent cell becomes pixels of its first channel, with noise that no file format makes small. */
export async function startFakeDecoder(t: TestContext, options: FakeDecoderOptions = {}): Promise<FakeDecoder> {
  let decodes = 0;
  const decode = async (call: ServerDuplexStream<DecodeRequest__Output, DecodeResponse>, latent: TensorAssembly) => {
    const failure = options.failure?.(decodes);
    decodes += 1;
    await options.beforeAnswer?.(decodes - 1);
    if (failure !== undefined) {
      call.emit('error', failure);
      return;
    }
    answer(call, latent.float32());
  };
  const answer = (
    call: { readonly write: (response: { readonly pixels: WireTensor }) => void; readonly end: () => void },
    { shape, data }: Tensor,
  ) => {
    const [, cellRows = 0, cellColumns = 0] = shape;
    const { spatialCompression: scale } = (options.card ?? tinyCard).latentFormat;
    const [height, width] = [scale * cellRows, scale * cellColumns];
    const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      const cell = Math.floor(y / scale) * cellColumns + Math.floor(x / scale);
      return 64 + 20 * (data[cell] ?? 0) + (scrambled(i) & 0x3f);
    });
    for (const part of tensorParts('DATA_TYPE_UINT8', [height, width, 3], pixels)) call.write({ pixels: part });
    call.end();
  };
  const implementation: DecoderServiceHandlers = {
    Decode: (call) => {
      let latent: TensorAssembly | undefined;
      call.on('data', ({ latent: part }: DecodeRequest__Output) => {
        if (part === null) return;
        if (latent === undefined) latent = new TensorAssembly(part, 1 << 24);
        else latent.add(part);
        if (latent.complete) void decode(call, latent);
      });
      call.on('error', () => {});
    },
    // Of one share, which is the whole image.
    DecodeBands: (call) => {
      call.on('error', () => {});
      if (options.decodesBands !== true) {
        call.emit('error', { code: status.UNIMPLEMENTED, details: 'it knows no bands' });
        return;
      }
      call.on('data', ({ latent }: DecodeBandsRequest__Output) => {
        if (latent) answer(call, new TensorAssembly(latent, 1 << 24).float32());
      });
    },
  };
  const encodes: string[] = [];
  const definition = tesseraV1.DecoderService.service;
  const further = { definition: tesseraV1.ImageEncoderService.service, implementation: imageEncoder(options, encodes) };
  const worker = await startFakeWorker(t, 'STAGE_DECODER', { definition, implementation }, options, [further]);
  return Object.assign(worker, { decodes: () => decodes, encodes });
}

/** Each cell's values come from its first pixel. */
function imageEncoder(
  { card = tinyCard, encodeFailure }: FakeDecoderOptions,
  encodes: string[],
): ImageEncoderServiceHandlers {
  const { channels, spatialCompression: cell } = card.latentFormat;
  return {
    Encode: (call) => {
      let pixels: TensorAssembly | undefined;
      call.on('data', ({ pixels: part }: ImageEncoderServiceEncodeRequest__Output) => {
        if (part === null) return;
        if (pixels === undefined) pixels = new TensorAssembly(part, 1 << 24);
        else pixels.add(part);
        if (!pixels.complete) return;
        const [height = 0, width = 0] = pixels.shape;
        const failure = encodeFailure?.(encodes.length);
        encodes.push(`${width}×${height}`);
        if (failure !== undefined) {
          call.emit('error', failure);
          return;
        }
        const [rows, columns] = [height / cell, width / cell];
        const { bytes } = pixels;
        const values = Float32Array.from({ length: channels * rows * columns }, (_, i) => {
          const at = i % (rows * columns);
          const pixel = Math.floor(at / columns) * cell * width + (at % columns) * cell;
          return (bytes[3 * pixel + (i % 3)] as number) / 64 - 2;
        });
        const shape = [channels, rows, columns];
        for (const latent of tensorParts('DATA_TYPE_FLOAT32', shape, new Uint8Array(values.buffer))) {
          call.write({ latent });
        }
        call.end();
      });
      call.on('error', () => {});
    },
  };
}
