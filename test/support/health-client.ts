import { type ClientReadableStream, credentials, Metadata, makeClientConstructor } from '@grpc/grpc-js';
import { callStream, callUnary } from '@tessera/proto';
import { HEALTH_SERVICE } from '@tessera/runtime';

interface HealthAnswer {
  readonly status: string;
}

const HealthClient = makeClientConstructor(HEALTH_SERVICE, 'grpc.health.v1.Health');

/** What a prober sees of a process. */
export interface HealthProber {
  /** SERVING, NOT_SERVING …; service '' is the whole process. */
  check(service: string): Promise<string>;
  watch(service: string): AsyncGenerator<string, void, undefined>;
  close(): void;
}

export function healthClient(address: string): HealthProber {
  const client = new HealthClient(address, credentials.createInsecure());
  return {
    async check(service) {
      const { status } = await callUnary<{ service: string }, HealthAnswer>(
        (request, metadata, options, callback) => client.check?.(request, metadata, options, callback),
        { service },
        new Metadata(),
        {},
      );
      return status;
    },
    async *watch(service) {
      const call = client.watch?.({ service }) as ClientReadableStream<HealthAnswer>;
      for await (const { status } of callStream(call)) yield status;
    },
    close: () => client.close(),
  };
}
