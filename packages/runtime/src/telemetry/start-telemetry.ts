import { DiagLogLevel, diag } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Logger } from '../logger.js';
import { formatAddress, parseAddress } from '../settings/address.js';
import type { Environment } from '../settings/definition.js';
import type { Peers } from '../tls/peers.js';
import { TESSERA_VERSION } from '../version.js';
import { meterRecorder } from './meter-recorder.js';
import type { ProcessKind } from './metric-definition.js';
import { listenForScrapes, type MetricsListener } from './metrics-listener.js';
import { NO_TELEMETRY, type Telemetry } from './telemetry.js';
import { tracerSpans } from './tracer-spans.js';

export interface TelemetryStart {
  readonly kind: ProcessKind;
  /** Of this process: a gateway's or a worker's id. */
  readonly instance: string;
  /** `host:port`; without it there are no metrics. */
  readonly metricsListen: string | undefined;
  /** Whether any port will do where another program has that one. */
  readonly metricsElsewhere?: boolean;
  /** With them only monitors read metrics. */
  readonly peers?: Peers | undefined;
  readonly environment: Environment;
  readonly log: Logger;
}

export interface RunningTelemetry extends Telemetry {
  /** `host:port` where metrics are read. */
  readonly metricsAddress: string | undefined;
  /** Sends what was not sent yet, in bounded time. */
  stop(): Promise<void>;
}

const SCOPE = 'tessera';
/** What a process that is killed takes with it; the specification's 5 s where the environment does not say. */
const SEND_EVERY_MS = 1_000;
const LAST_SEND_MS = 2_000;
/** A step of each image is an event. */
const MOST_EVENTS = 2_048;

/**
 * Metrics where an address for them is given, traces where `OTEL_*` says where
 * to send them (OTLP over HTTP). What is not asked for is not even loaded.
 *
 * @throws TesseraError `unavailable` when the address of metrics cannot be listened on.
 */
export async function startTelemetry(start: TelemetryStart): Promise<RunningTelemetry> {
  const { metricsListen, environment, log } = start;
  const traced = asksForTraces(environment);
  if (metricsListen === undefined && !traced) {
    return { ...NO_TELEMETRY, metricsAddress: undefined, stop: async () => {} };
  }
  const error = (message: string) => log.warn('telemetry', { cause: message.split('\n', 1)[0] });
  const quiet = () => {};
  diag.setLogger(
    { error, warn: quiet, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const resource = await resourceOf(start);
  const metrics = metricsListen === undefined ? undefined : await startMetrics(start, metricsListen, resource);
  const traces = traced ? await startTraces(start, resource) : undefined;
  return {
    metrics: metrics?.recorder ?? NO_TELEMETRY.metrics,
    spans: traces?.spans ?? NO_TELEMETRY.spans,
    metricsAddress: metrics?.address,
    async stop() {
      metrics?.close();
      await traces?.stop();
    },
  };
}

/** As the specification of OpenTelemetry's environment has it. */
export function asksForTraces(environment: Environment): boolean {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  const { OTEL_TRACES_EXPORTER: exporter = '' } = environment;
  if (exporter !== '') return exporter !== 'none';
  return [environment.OTEL_EXPORTER_OTLP_ENDPOINT, environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT].some(
    (endpoint = '') => endpoint !== '',
  );
}

/** What the environment says of the process goes before what is known here, except for which process it is. */
async function resourceOf({ kind, instance, environment }: TelemetryStart): Promise<Resource> {
  const { detectResources, envDetector, resourceFromAttributes } = await import('@opentelemetry/resources');
  const known = resourceFromAttributes({ 'service.namespace': SCOPE, 'service.version': TESSERA_VERSION });
  const own = resourceFromAttributes({
    'service.name': environment.OTEL_SERVICE_NAME ?? `${SCOPE}-${kind}`,
    'service.instance.id': instance,
  });
  return known.merge(detectResources({ detectors: [envDetector] })).merge(own);
}

async function startMetrics(start: TelemetryStart, listen: string, resource: Resource) {
  const [{ MeterProvider }, { PrometheusExporter }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-prometheus'),
  ]);
  const reader = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const provider = new MeterProvider({ readers: [reader], resource });
  const recorder = meterRecorder(provider.getMeter(SCOPE), start.kind);
  const { address, close } = await listenWhereFree(start, listen, (request, response) =>
    reader.getMetricsRequestHandler(request, response),
  );
  return { recorder, address, close };
}

/** A port that nobody asked for is no reason not to start. */
async function listenWhereFree(
  { peers, metricsElsewhere, log }: TelemetryStart,
  listen: string,
  answer: Parameters<typeof listenForScrapes>[1],
): Promise<MetricsListener> {
  try {
    return await listenForScrapes({ listen, peers }, answer);
  } catch (thrown) {
    if (metricsElsewhere !== true) throw thrown;
    const other = formatAddress({ ...parseAddress(listen), port: 0 });
    const listener = await listenForScrapes({ listen: other, peers }, answer);
    log.warn('another program has the port of metrics', { taken: listen, metrics: listener.address });
    return listener;
  }
}

async function startTraces({ instance, environment }: TelemetryStart, resource: Resource) {
  const [{ BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  const pace = environment.OTEL_BSP_SCHEDULE_DELAY === undefined ? { scheduledDelayMillis: SEND_EVERY_MS } : {};
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(), pace)],
    ...(environment.OTEL_SPAN_EVENT_COUNT_LIMIT === undefined && { spanLimits: { eventCountLimit: MOST_EVENTS } }),
  });
  return {
    spans: tracerSpans(provider.getTracer(SCOPE), instance),
    stop: () => within(LAST_SEND_MS, provider.shutdown()),
  };
}

/** A collector that does not answer keeps no process alive. */
async function within(ms: number, done: Promise<void>): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    limit = setTimeout(resolve, ms);
  });
  await Promise.race([done.catch(() => {}), over]);
  clearTimeout(limit);
}
