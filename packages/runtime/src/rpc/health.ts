import type { Server, ServerWritableStream, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation, service } from 'grpc-health-check';

/** The definition of `grpc.health.v1.Health`, to make a client of it. */
export const HEALTH_SERVICE: ServiceDefinition = service;

/** What `grpc.health.v1` says of one process; several servers of it may show the same. */
export interface HealthState {
  /** @param service one of the names it was made with. */
  setServing(service: string, serving: boolean): void;
  /** Serves `grpc.health.v1.Health`; the result ends its open Watch streams, which would hold up a shutdown. */
  addToServer(server: Pick<Server, 'addService'>): () => void;
}

/** When the process as a whole, service `''`, serves: while all of its services do, or for as long as it answers. */
export type WholeServes = 'while-all-serve' | 'while-it-answers';

/** Every service begins as not serving. */
export function createHealthState(
  services: readonly string[],
  wholeServes: WholeServes = 'while-all-serve',
): HealthState {
  const serving = new Map(services.map((service) => [service, false]));
  const health = new HealthImplementation();
  const publish = () => {
    for (const [service, is] of serving) health.setStatus(service, is ? 'SERVING' : 'NOT_SERVING');
    const all = serving.size > 0 && [...serving.values()].every((is) => is);
    const whole = all || wholeServes === 'while-it-answers';
    health.setStatus('', whole ? 'SERVING' : 'NOT_SERVING');
  };
  publish();
  return {
    setServing(service, is) {
      if (!serving.has(service)) throw new RangeError(`health of an unknown service ${service}`);
      serving.set(service, is);
      publish();
    },
    addToServer(server) {
      const watches = new Set<ServerWritableStream<unknown, unknown>>();
      health.addToServer({
        addService: (definition, implementation) =>
          server.addService(definition, trackingWatch(implementation as UntypedServiceImplementation, watches)),
      });
      return () => {
        for (const watch of watches) {
          // The implementation forgets a watcher only when it hears this.
          watch.emit('cancelled', 'cancelled');
          watch.end();
        }
      };
    },
  };
}

function trackingWatch(
  implementation: UntypedServiceImplementation,
  watches: Set<ServerWritableStream<unknown, unknown>>,
): UntypedServiceImplementation {
  const { watch } = implementation;
  return {
    ...implementation,
    watch: (call: ServerWritableStream<unknown, unknown>) => {
      watches.add(call);
      call.once('cancelled', () => watches.delete(call));
      (watch as (call: ServerWritableStream<unknown, unknown>) => void)(call);
    },
  };
}
