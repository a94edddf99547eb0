/** What the spans of Tessera are called. */
export const SPAN_NAMES = [
  /** From a request's arrival, or from where another gateway left it, to the ending. */
  'generation',
  /** Request judged, planned, and stored as accepted. */
  'plan',
  'queue',
  'encode',
  /** One image's steps. */
  'denoise',
  'checkpoint',
  'decode',
  'image-encode',
] as const;

export type SpanName = (typeof SPAN_NAMES)[number];

/** Never what a user wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a call carries to another process, so that its spans join the trace. */
export interface CallTrace {
  /** W3C Trace Context. */
  readonly traceparent: string;
  /** The process that calls. */
  readonly caller: string;
}

export interface TraceSpan {
  /** `undefined` while nobody sees it. */
  readonly traceId: string | undefined;
  readonly call: CallTrace | undefined;
  /** A span within this one. */
  begin(name: SpanName, attributes?: SpanAttributes): TraceSpan;
  /** @param atMs Unix time; now when not given. */
  event(name: string, attributes?: SpanAttributes, atMs?: number): void;
  set(attributes: SpanAttributes): void;
  /**
   * Only once; what comes later is ignored. One that never ends is not told.
   *
   * @param thrown why it failed: told by its code alone.
   * @param atMs Unix time; now when not given.
   */
  end(thrown?: unknown, atMs?: number): void;
}

export interface SpanStart {
  /** In this trace, within that span: W3C Trace Context. */
  readonly parent?: string | undefined;
  /** Other spans that it has to do with. */
  readonly links?: readonly (string | undefined)[];
  readonly attributes?: SpanAttributes;
  /** It does what another process asked for. */
  readonly serves?: boolean;
  /** Unix time; now when not given. */
  readonly startedAtMs?: number;
}

export interface Spans {
  begin(name: SpanName, start?: SpanStart): TraceSpan;
}

export const NO_SPAN: TraceSpan = {
  traceId: undefined,
  call: undefined,
  begin: () => NO_SPAN,
  event: () => {},
  set: () => {},
  end: () => {},
};

export const NO_SPANS: Spans = { begin: () => NO_SPAN };

/** Does some work as a span of its own, which ends with it. */
export async function within<Result>(
  span: TraceSpan,
  name: SpanName,
  attributes: SpanAttributes,
  work: (own: TraceSpan) => Promise<Result>,
): Promise<Result> {
  const own = span.begin(name, attributes);
  try {
    const result = await work(own);
    own.end();
    return result;
  } catch (thrown) {
    own.end(thrown);
    throw thrown;
  }
}
