import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { invalidField } from '@tessera/core';
import {
  type DownloadImageRequest__Output,
  type DownloadImageResponse,
  durationFromMs,
  type FrameOf,
  type GenerationServiceHandlers,
  type GetClusterStatusResponse,
  generationStateFromWire,
  type ListGenerationsRequest__Output,
  type ListGenerationsResponse,
  type ListModelsResponse,
  type Pacing,
  type ReportFault,
  serverStream,
  unary,
  wireFromGenerationState,
} from '@tessera/proto';
import { traceOfMetadata } from '@tessera/runtime';
import type { Gateway } from './gateway.js';
import { findGeneration } from './service/find-generation.js';
import { frameOfMessage, generate, watch } from './service/generation-streams.js';
import { downloadMessages } from './service/image-download.js';
import { pageToken, parsePageToken } from './service/page-token.js';
import { wireFromRecord } from './service/record-codec.js';
import { servedModel } from './service/served-model.js';
import { protectedPacing, VIEWER_PACING } from './service/viewer-pacing.js';
import { whenAborted } from './service/when-aborted.js';
import { workerStatus } from './service/worker-status.js';
import { TESSERA_VERSION } from './version.js';
import { liveModels } from './workers/model-catalogue.js';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

/** `tessera.v1.GenerationService` of one gateway. */
export function generationService(
  gateway: Gateway,
  reportFault: ReportFault,
  viewerPacing: Pacing = VIEWER_PACING,
): GenerationServiceHandlers {
  const pacing = protectedPacing(viewerPacing, gateway.protections);
  /** A stream that the ledger counts until the transport has ended it. */
  const stream = <Request, Response>(
    handler: StreamHandler<Request, Response>,
    frameOf?: FrameOf<Response>,
  ): handleServerStreamingCall<Request, Response> =>
    serverStream(
      (request, signal, call) => {
        whenAborted(signal, gateway.ledger.take('streams'));
        const { traceparent } = traceOfMetadata(call.metadata);
        return handler(gateway, request, gateway.tenants.of(call), signal, traceparent);
      },
      reportFault,
      pacing,
      frameOf,
    );
  return {
    Generate: stream(generate, frameOfMessage),
    Watch: stream(watch, frameOfMessage),
    Cancel: unary(async ({ generationId }, _signal, call) => {
      const record = await gateway.ended(await findGeneration(gateway, generationId, gateway.tenants.of(call)));
      return { state: wireFromGenerationState(record.state) };
    }, reportFault),
    GetGeneration: unary(async ({ generationId }, _signal, call) => {
      return { generation: wireFromRecord(await findGeneration(gateway, generationId, gateway.tenants.of(call))) };
    }, reportFault),
    DownloadImage: stream(download),
    ListGenerations: unary((request, _signal, call) => list(gateway, request, gateway.tenants.of(call)), reportFault),
    DeleteGeneration: unary(async ({ generationId }, _signal, call) => {
      await gateway.ended(await findGeneration(gateway, generationId, gateway.tenants.of(call)));
      await gateway.log.delete(generationId);
      await gateway.results.delete(generationId);
      return {};
    }, reportFault),
    ListModels: unary((_request, _signal, call) => {
      gateway.tenants.of(call);
      return listModels(gateway);
    }, reportFault),
    GetClusterStatus: unary((_request, _signal, call) => {
      gateway.tenants.of(call);
      return clusterStatus(gateway);
    }, reportFault),
  };
}

type StreamHandler<Request, Response> = (
  gateway: Gateway,
  request: Request,
  tenant: string,
  signal: AbortSignal,
  traceparent: string | undefined,
) => AsyncIterable<Response>;

async function* download(
  gateway: Gateway,
  { generationId, imageId, offset }: DownloadImageRequest__Output,
  tenant: string,
): AsyncGenerator<DownloadImageResponse, void, undefined> {
  const record = await findGeneration(gateway, generationId, tenant);
  const { image, bytes } = await gateway.results.read(record, imageId);
  yield* downloadMessages(image, bytes, Number(offset));
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
    gateways: gateways.map(({ gatewayId, uptimeMs, backlogMs = 0, ledger = [], ...beat }) => {
      const durations = { uptime: durationFromMs(uptimeMs), backlog: durationFromMs(backlogMs) };
      return { ...beat, id: gatewayId, ...durations, ledger: [...ledger] };
    }),
    workers: gateway.workers.links.map(workerStatus),
  };
}
