import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { traceOfMetadata } from './call-trace.js';
import type { Telemetry } from './telemetry.js';
import { type CallTrace, NO_SPAN, type SpanName } from './trace-span.js';

/** Probes tell nothing about the service. */
const HEALTH_PATH = '/grpc.health.v1.Health/';

/** Inner calls that are spans of their caller's trace. A stream of many calls is none: its calls tell for themselves. */
const SPAN_OF_METHOD: Readonly<Record<string, SpanName>> = {
  'TextEncoderService/Encode': 'encode',
  'DecoderService/Decode': 'decode',
  'DecoderService/DecodeBands': 'decode',
  'ImageEncoderService/Encode': 'image-encode',
};

/** Times every call that a server serves, and makes those of a trace spans of it. */
export function callInterceptor({ metrics, spans }: Telemetry): ServerInterceptor {
  return (definition, call) => {
    if (definition.path.startsWith(HEALTH_PATH)) return new ServerInterceptingCall(call);
    const method = methodOf(definition.path);
    const beganMs = performance.now();
    let span = NO_SPAN;
    let ended = false;
    const end = (code: status) => {
      if (ended) return;
      ended = true;
      const name = status[code] ?? 'UNKNOWN';
      metrics.time('tessera_rpc_seconds', performance.now() - beganMs, { method, code: name });
      span.set({ 'rpc.response.status_code': name });
      span.end();
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, proceed) {
            span = spanOf(metadata, method);
            proceed(metadata);
          },
          // Comes at the end of every call, however it ends.
          onCancel: () => end(status.CANCELLED),
        }),
      sendStatus(sent, next) {
        end(sent.code ?? status.UNKNOWN);
        next(sent);
      },
    });
  };

  function spanOf(metadata: Metadata, method: string) {
    const name = SPAN_OF_METHOD[method];
    const { traceparent, caller } = traceOfMetadata(metadata);
    if (name === undefined || traceparent === undefined) return NO_SPAN;
    return spans.begin(name, { parent: traceparent, serves: true, attributes: servedAttributes(method, caller) });
  }
}

function servedAttributes(method: string, caller: CallTrace['caller'] | undefined) {
  return { 'rpc.system.name': 'grpc', 'rpc.method': method, 'tessera.caller': caller };
}

/** `/tessera.v1.DecoderService/Decode` → `DecoderService/Decode`. */
function methodOf(path: string): string {
  const [, service = '', method = ''] = path.split('/');
  return `${service.slice(service.lastIndexOf('.') + 1)}/${method}`;
}
