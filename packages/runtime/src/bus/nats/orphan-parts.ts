import { type Asked, api, nearestMessage, storedMessage } from './jetstream.js';
import { ATTEMPT_HEADER, FIRST_PARTS, OBJECT_STREAM, objectSubject, partFromSubject, partsOf } from './layout.js';

/** No object takes so long to be stored. */
const ORPHANED_AFTER_MS = 3_600_000;
const TIMEOUT_MS = 3_000;

/**
 * Deletes parts of objects that were never named: who stored them ended before
 * it could. Age is judged by the server's own clock.
 */
export async function deleteOrphanParts(nats: Asked, afterMs = ORPHANED_AFTER_MS): Promise<void> {
  const request = { subjects_filter: FIRST_PARTS };
  const { state } = await api<StreamState>(nats, `STREAM.INFO.${OBJECT_STREAM}`, request, TIMEOUT_MS);
  const nowMs = Date.parse(state.last_ts);
  for (const subject of Object.keys(state.subjects ?? {})) {
    const { name, attempt } = partFromSubject(subject);
    const part = await nearestMessage(nats, OBJECT_STREAM, subject, TIMEOUT_MS);
    if (part === undefined || nowMs - part.storedAtMs < afterMs) continue;
    const named = await storedMessage(nats, OBJECT_STREAM, { last_by_subj: objectSubject(name) }, TIMEOUT_MS);
    if (named?.headers?.get(ATTEMPT_HEADER) === attempt) continue;
    await api(nats, `STREAM.PURGE.${OBJECT_STREAM}`, { filter: partsOf(name, attempt) }, TIMEOUT_MS);
  }
}

interface StreamState {
  readonly state: { readonly last_ts: string; readonly subjects?: Readonly<Record<string, number>> };
}
