import { invalidField } from '@tessera/core';

/** Where everything of a cluster is in NATS: two streams, and subjects that are not stored. */
export const LOG_STREAM = 'TESSERA_LOGS';
export const OBJECT_STREAM = 'TESSERA_OBJECTS';

const LOG_PREFIX = 'tessera.log.';
const OBJECT_PREFIX = 'tessera.object.';
const PART_PREFIX = 'tessera.part.';
const LIVE_PREFIX = 'tessera.live.';
const PRESENCE_PREFIX = 'tessera.presence.';

/** Holds one message for as long as the store exists: its id. */
export const STORE_SUBJECT = 'tessera.store';
export const ALL_LOGS = `${LOG_PREFIX}*`;
export const ALL_GATEWAYS = `${PRESENCE_PREFIX}*`;

export const STREAMS = [
  { name: LOG_STREAM, subjects: [STORE_SUBJECT, ALL_LOGS] },
  { name: OBJECT_STREAM, subjects: [`${OBJECT_PREFIX}>`, `${PART_PREFIX}>`] },
] as const;

export const logSubject = (generationId: string): string => LOG_PREFIX + generationId;
export const generationOfLog = (subject: string): string => subject.slice(LOG_PREFIX.length);
export const liveSubject = (subject: string): string => LIVE_PREFIX + subject;
export const subjectOfLive = (subject: string): string => subject.slice(LIVE_PREFIX.length);
export const gatewayOfPresence = (subject: string): string => subject.slice(PRESENCE_PREFIX.length);

export function presenceSubject(gatewayId: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(gatewayId)) {
    throw invalidField('gateway_id', 'must consist of letters, digits, - and _', gatewayId);
  }
  return PRESENCE_PREFIX + gatewayId;
}

/** A name's parts become the subject's; a dot, which would part it, is written `%`, which no name holds. */
export const objectSubject = (name: string): string => OBJECT_PREFIX + tokensOf(name);
export const nameOfObject = (subject: string): string => nameOfTokens(subject.slice(OBJECT_PREFIX.length));

/** In an object's description: which attempt's parts make it. */
export const ATTEMPT_HEADER = 'Tessera-Attempt';

/** Of one attempt to store an object that is too large for one message. */
export const partSubject = (name: string, attempt: string, index: number): string =>
  `${PART_PREFIX}${attempt}.${index}.${tokensOf(name)}`;
/** All parts of an attempt, or of all. */
export const partsOf = (name: string, attempt = '*'): string => `${PART_PREFIX}${attempt}.*.${tokensOf(name)}`;

/** The first part of every attempt. */
export const FIRST_PARTS = `${PART_PREFIX}*.0.>`;

export function partFromSubject(subject: string): { readonly name: string; readonly attempt: string } {
  const [attempt = '', , ...tokens] = subject.slice(PART_PREFIX.length).split('.');
  return { attempt, name: nameOfTokens(tokens.join('.')) };
}

/** A filter that takes every object whose name begins with the prefix, and perhaps others. */
export function objectFilter(namePrefix: string): string {
  const complete = namePrefix.slice(0, namePrefix.lastIndexOf('/') + 1);
  return `${OBJECT_PREFIX}${tokensOf(complete)}>`;
}

function tokensOf(name: string): string {
  return name.replaceAll('.', '%').replaceAll('/', '.');
}

function nameOfTokens(tokens: string): string {
  return tokens.replaceAll('.', '/').replaceAll('%', '.');
}
