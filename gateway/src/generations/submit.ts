import { createHash, randomBytes } from 'node:crypto';
import {
  DEFAULT_LIMITS,
  foldLogEntry,
  type GenerationRecord,
  type GenerationRequest,
  invalidField,
  type ModelCard,
  parseGenerationRequest,
  planGeneration,
  TesseraError,
} from '@tessera/core';
import type { GenerationRequestInput } from '@tessera/proto';
import { type GenerationLog, isLogConflict } from '@tessera/runtime';
import { workOf } from '../admission/work.js';
import type { Admission } from '../admission.js';
import type { Protections } from '../protections.js';
import type { OneAtATime } from './one-at-a-time.js';

export interface SubmitServices {
  readonly gatewayId: string;
  readonly protections: Pick<Protections, 'storesBeforeAccepting'>;
  /** Requests with one key are submitted one after the other. */
  readonly submissions: OneAtATime;
  readonly log: GenerationLog;
  readonly admission: Admission;
  /** Every model that may be asked for. */
  models(): readonly ModelCard[];
  /** The model of requests that name none; one of `models()`. */
  defaultModel(models: readonly ModelCard[]): string;
}

export interface Submission {
  readonly record: GenerationRecord;
  /** Absent when the generation was there already, by its idempotency key. */
  readonly begun?: {
    readonly card: ModelCard;
    /** Gives back the room that was kept for it, once it has taken its place. */
    readonly release: () => void;
  };
}

/**
 * A request made a generation, judged whole before anything is stored. Once
 * this resolves, the generation is accepted: it is in the log.
 *
 * @param generationId from {@link generationIdFor}.
 * @param traceparent of the span in which it is accepted.
 * @throws TesseraError `invalid_argument` naming the field; `unavailable` while
 *   there is no model; `resource_exhausted` when there is
 *   no room for it, or not enough time.
 */
export async function submit(
  services: SubmitServices,
  input: GenerationRequestInput,
  tenant: string,
  generationId: string,
  traceparent?: string,
): Promise<Submission> {
  const models = services.models();
  if (models.length === 0) throw new TesseraError('unavailable', 'no model has workers for every stage yet');
  const request = parseGenerationRequest(input, {
    tenant,
    models,
    defaultModel: services.defaultModel(models),
    drawSeed: () => randomBytes(4).readUInt32LE(),
    limits: DEFAULT_LIMITS,
  });
  const card = models.find(({ name }) => name === request.model);
  if (card === undefined) throw new TesseraError('internal', `a request for ${request.model} passed`);
  const requestSha256 = hashOfRequest(request, input);
  const accept = () => accepted(services, request, card, { generationId, requestSha256, traceparent });
  return request.idempotencyKey === undefined ? accept() : services.submissions.run(generationId, accept);
}

interface Named {
  readonly generationId: string;
  readonly requestSha256: string;
  readonly traceparent: string | undefined;
}

async function accepted(
  services: SubmitServices,
  request: GenerationRequest,
  card: ModelCard,
  { generationId, requestSha256, traceparent }: Named,
): Promise<Submission> {
  const earlier = request.idempotencyKey === undefined ? undefined : await services.log.read(generationId);
  if (earlier !== undefined) return sameRequest(earlier, requestSha256);
  const plan = planGeneration(request, card);
  const release = services.admission.reserve({ ...request, work: workOf(plan, card) });
  try {
    const holder = services.gatewayId;
    const traced = traceparent === undefined ? {} : { traceparent };
    const entry = {
      type: 'accepted',
      request,
      plan,
      createdAtMs: Date.now(),
      requestSha256,
      holder,
      ...traced,
    } as const;
    const stored = services.log.begin(generationId, entry);
    stored.catch(() => {});
    const record = services.protections.storesBeforeAccepting
      ? await stored
      : foldLogEntry(undefined, generationId, 1, entry);
    return { record, begun: { card, release } };
  } catch (thrown) {
    release();
    if (!isLogConflict(thrown)) throw thrown;
    const winner = await services.log.read(generationId);
    if (winner === undefined) throw new TesseraError('not_found', 'the generation of this idempotency_key was deleted');
    return sameRequest(winner, requestSha256);
  }
}

/** The id of a new generation. One idempotency key of a tenant always gives the same, on whichever gateway. */
export function generationIdFor(tenant: string, idempotencyKey: string | undefined): string {
  if (idempotencyKey === undefined) return randomBytes(ID_BYTES).toString('hex');
  const keyed = createHash('sha256').update(JSON.stringify([tenant, idempotencyKey]));
  return keyed.digest().subarray(0, ID_BYTES).toString('hex');
}

const ID_BYTES = 12;

function sameRequest(record: GenerationRecord, requestSha256: string): Submission {
  if (record.requestSha256 === requestSha256) return { record };
  const { idempotencyKey } = record.request;
  throw invalidField('idempotency_key', 'was used before with another request', idempotencyKey);
}

/** Over the request with its defaults; a seed that was drawn does not count. */
function hashOfRequest(request: GenerationRequest, { seed }: GenerationRequestInput): string {
  const normalised = { ...request, seed: seed === undefined ? null : request.seed };
  const entries = Object.entries(normalised).sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}
