import { type Client, status } from '@grpc/grpc-js';

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
  return check(client, timeoutMs, (code, serving) => code === status.OK && serving);
}

/** Whether a process answers at the other end, whatever it says. */
export function answers(client: Client, timeoutMs: number): Promise<boolean> {
  const nobody = [status.DEADLINE_EXCEEDED, status.UNAVAILABLE, status.CANCELLED];
  return check(client, timeoutMs, (code) => !nobody.includes(code));
}

function check(
  client: Client,
  timeoutMs: number,
  holds: (code: status, serving: boolean) => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      (service: string) => Buffer.from([0x0a, service.length, ...Buffer.from(service)]),
      (message: Buffer) => message[0] === 0x08 && message[1] === SERVING,
      'tessera.v1.GenerationService',
      { deadline: Date.now() + timeoutMs },
      (error, serving) => resolve(holds(error?.code ?? status.OK, serving === true)),
    );
  });
}
