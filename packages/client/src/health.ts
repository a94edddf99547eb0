import type { Client } from '@grpc/grpc-js';

const SERVING = 1;

/**
 * Whether a gateway at the other end serves now: grpc.health.v1.Health/Check
 * of `tessera.v1.GenerationService`. Another kind of server says no.
 *
 * The two messages have one field each (grpc/health/v1/health.proto:
 * HealthCheckRequest.service = 1, HealthCheckResponse.status = 1), so they are
 * read and written here.
 */
export function isServing(client: Client, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      (service: string) => Buffer.from([0x0a, service.length, ...Buffer.from(service)]),
      (message: Buffer) => message[0] === 0x08 && message[1] === SERVING,
      'tessera.v1.GenerationService',
      { deadline: Date.now() + timeoutMs },
      (error, serving) => resolve(error === null && serving === true),
    );
  });
}
