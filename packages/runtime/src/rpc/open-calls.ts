import { ServerInterceptingCall, type ServerInterceptingCallInterface, type ServerInterceptor } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { statusFromError } from '@tessera/proto';

/** The calls that a server has open. */
export interface OpenCalls {
  readonly interceptor: ServerInterceptor;
  /**
   * Refuses new calls from now on, waits for the open ones, and ends those
   * that are still open after `graceMs` as `unavailable`.
   */
  drain(graceMs: number): Promise<void>;
}

/** Probes are answered to the end. */
const HEALTH_PATH = '/grpc.health.v1.Health/';

/**
 * Follows the calls of a server, since grpc-js tells nobody. Its own
 * `tryShutdown` begins with a GOAWAY, after which a client's keepalive ping
 * kills the calls that are to end in peace (grpc/grpc-node#3068).
 */
export function trackOpenCalls(): OpenCalls {
  const open = new Set<ServerInterceptingCallInterface>();
  let draining = false;
  let onEmpty: (() => void) | undefined;
  return {
    interceptor: (method, call) => {
      if (method.path.startsWith(HEALTH_PATH)) return new ServerInterceptingCall(call);
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata(metadata, proceed) {
              if (draining) return endAsUnavailable(call);
              open.add(call);
              proceed(metadata);
            },
            // Comes at the end of every call, however it ends.
            onCancel() {
              if (open.delete(call) && open.size === 0) onEmpty?.();
            },
          }),
      });
    },
    drain(graceMs) {
      draining = true;
      return new Promise((resolve) => {
        if (open.size === 0) return resolve();
        const graceOver = setTimeout(() => {
          for (const call of open) endAsUnavailable(call);
          resolve();
        }, graceMs);
        onEmpty = () => {
          clearTimeout(graceOver);
          resolve();
        };
      });
    },
  };
}

function endAsUnavailable(call: ServerInterceptingCallInterface): void {
  call.sendStatus(statusFromError(new TesseraError('unavailable', 'the server is shutting down')));
}
