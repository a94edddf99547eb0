import { Metadata } from '@grpc/grpc-js';
import type { CallTrace } from './trace-span.js';

const TRACEPARENT = 'traceparent';
const CALLER = 'tessera-caller';

/** The metadata of a call that belongs to a trace, or to none. */
export function traceMetadata(call: CallTrace | undefined): Metadata {
  const metadata = new Metadata();
  if (call === undefined) return metadata;
  metadata.set(TRACEPARENT, call.traceparent);
  metadata.set(CALLER, call.caller);
  return metadata;
}

/** What the caller said; nothing of it is relied on. */
export function traceOfMetadata(metadata: Metadata): { readonly [Part in keyof CallTrace]?: string } {
  return {
    ...textOf(metadata, TRACEPARENT, 'traceparent'),
    ...textOf(metadata, CALLER, 'caller'),
  };
}

function textOf<Part extends keyof CallTrace>(metadata: Metadata, key: string, part: Part) {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? ({ [part]: value } as { readonly [Name in Part]: string }) : undefined;
}
