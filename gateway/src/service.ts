import { type GenerationRecord, invalidField, TesseraError } from '@tessera/core';
import {
  type DownloadImageRequest__Output,
  type DownloadImageResponse,
  durationFromMs,
  type GenerateRequest__Output,
  type GenerateResponse,
  type GenerationServiceHandlers,
  type GetClusterStatusResponse,
  generationStateFromWire,
  type ListGenerationsRequest__Output,
  type ListGenerationsResponse,
  type ListModelsResponse,
  previewFromWire,
  type ReportFault,
  requestInputFromWire,
  serverStream,
  unary,
  type WatchRequest__Output,
  type WatchResponse,
  wireFromEvent,
  wireFromGenerationState,
} from '@tessera/proto';
import type { Gateway } from './gateway.js';
import { generationIdFor, submit } from './generations/submit.js';
import { GenerationWatch, type WatchOptions } from './generations/watch.js';
import { downloadMessages } from './service/image-download.js';
import { pageToken, parsePageToken } from './service/page-token.js';
import { wireFromRecord } from './service/record-codec.js';
import { servedModel } from './service/served-model.js';
import { workerStatus } from './service/worker-status.js';
import { tenantOf } from './tenant.js';
import { TESSERA_VERSION } from './version.js';
import { liveModels } from './workers/model-catalogue.js';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

/** `tessera.v1.GenerationService` of one gateway. */
export function generationService(gateway: Gateway, reportFault: ReportFault): GenerationServiceHandlers {
  return {
    Generate: serverStream((request, signal, call) => generate(gateway, request, tenantOf(call), signal), reportFault),
    Watch: serverStream((request, signal, call) => watch(gateway, request, tenantOf(call), signal), reportFault),
    Cancel: unary(async ({ generationId }, _signal, call) => {
      const record = await gateway.ended(await find(gateway, generationId, tenantOf(call)));
      return { state: wireFromGenerationState(record.state) };
    }, reportFault),
    GetGeneration: unary(async ({ generationId }, _signal, call) => {
      return { generation: wireFromRecord(await find(gateway, generationId, tenantOf(call))) };
    }, reportFault),
    DownloadImage: serverStream((request, _signal, call) => download(gateway, request, tenantOf(call)), reportFault),
    ListGenerations: unary((request, _signal, call) => list(gateway, request, tenantOf(call)), reportFault),
    DeleteGeneration: unary(async ({ generationId }, _signal, call) => {
      await gateway.ended(await find(gateway, generationId, tenantOf(call)));
      await gateway.log.delete(generationId);
      await gateway.results.delete(generationId);
      return {};
    }, reportFault),
    ListModels: unary(() => listModels(gateway), reportFault),
    GetClusterStatus: unary(() => clusterStatus(gateway), reportFault),
  };
}

async function* generate(
  gateway: Gateway,
  request: GenerateRequest__Output,
  tenant: string,
  signal: AbortSignal,
): AsyncGenerator<GenerateResponse, void, undefined> {
  gateway.assertOpen();
  const input = requestInputFromWire(request);
  const generationId = generationIdFor(tenant, input.idempotencyKey);
  const watching = new GenerationWatch(gateway, generationId);
  try {
    const { record, card } = await submit(gateway, input, tenant, generationId);
    const events = watched(gateway, watching, record, { afterSequence: 0 }, signal);
    if (card !== undefined) gateway.runs.start(record, card);
    yield* events;
  } finally {
    watching.close();
  }
}

async function* watch(
  gateway: Gateway,
  request: WatchRequest__Output,
  tenant: string,
  signal: AbortSignal,
): AsyncGenerator<WatchResponse, void, undefined> {
  const { generationId, preview } = request;
  const record = await find(gateway, generationId, tenant);
  const watching = new GenerationWatch(gateway, generationId);
  try {
    const options = {
      afterSequence: Number(request.afterSequence ?? 0),
      afterStep: request.afterStep === undefined ? undefined : Number(request.afterStep),
      previewEverySteps: preview === null ? undefined : previewEverySteps(previewFromWire(preview).everySteps),
    };
    yield* watched(gateway, watching, record, options, signal);
  } finally {
    watching.close();
  }
}

function previewEverySteps(given: number | undefined): number | undefined {
  if (given !== undefined && given < 0) throw invalidField('preview.every_steps', 'must be at least 0', given);
  return given;
}

/** The watch as a stream that counts as a watcher from now until it ends, however it ends. */
async function* watched(
  { runs }: Gateway,
  watching: GenerationWatch,
  record: GenerationRecord,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<{ event: ReturnType<typeof wireFromEvent> }, void, undefined> {
  const leave = runs.watchers.enter(record.generationId, record.request.keepForMs);
  try {
    for await (const event of watching.events(record, options, signal)) yield { event: wireFromEvent(event) };
  } finally {
    leave();
  }
}

async function* download(
  gateway: Gateway,
  { generationId, imageId, offset }: DownloadImageRequest__Output,
  tenant: string,
): AsyncGenerator<DownloadImageResponse, void, undefined> {
  const record = await find(gateway, generationId, tenant);
  const { image, file } = await gateway.results.read(record, imageId);
  yield* downloadMessages(image, file, Number(offset));
}

function list(gateway: Gateway, request: ListGenerationsRequest__Output, tenant: string): ListGenerationsResponse {
  const size = request.pageSize === undefined ? DEFAULT_PAGE_SIZE : Number(request.pageSize);
  if (size < 1 || size > MAX_PAGE_SIZE) throw invalidField('page_size', `must be 1 to ${MAX_PAGE_SIZE}`, size);
  const state = generationStateFromWire(request.state);
  const { records, next } = gateway.index.page(tenant, state, parsePageToken(request.pageToken), size);
  return { generations: records.map(wireFromRecord), nextPageToken: next === undefined ? '' : pageToken(next) };
}

function listModels(gateway: Gateway): ListModelsResponse {
  const models = liveModels(gateway.workers.links);
  if (models.length === 0) return { models: [] };
  const defaultModel = gateway.defaultModel(models);
  return { models: models.map((card) => servedModel(card, defaultModel)) };
}

async function clusterStatus(gateway: Gateway): Promise<GetClusterStatusResponse> {
  const gateways = await gateway.gateways();
  return {
    version: TESSERA_VERSION,
    gateways: gateways.map(({ gatewayId, uptimeMs, ...beat }) => {
      return { ...beat, id: gatewayId, uptime: durationFromMs(uptimeMs) };
    }),
    workers: gateway.workers.links.map(workerStatus),
  };
}

/** @throws TesseraError `not_found` for an id that is unknown or another tenant's, without telling which. */
async function find({ log }: Gateway, generationId: string, tenant: string): Promise<GenerationRecord> {
  const record = await log.read(generationId).catch((thrown: unknown) => {
    // An id that no generation can have is unknown, like any other.
    if (thrown instanceof TesseraError && thrown.code === 'invalid_argument') return undefined;
    throw thrown;
  });
  if (record === undefined || record.request.tenant !== tenant) {
    throw new TesseraError('not_found', `there is no generation ${JSON.stringify(generationId.slice(0, 64))}`);
  }
  return record;
}
