import type { TestContext } from 'node:test';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { type ClientConstructor, connectChannel, startServer } from '@tessera/runtime';

/**
 * Serves these methods on a free port for one test and returns a client of
 * them; other methods of the service answer UNIMPLEMENTED.
 */
export async function served<ServiceClient>(
  t: TestContext,
  service: ClientConstructor<ServiceClient> & { service: ServiceDefinition },
  implementation: UntypedServiceImplementation,
): Promise<ServiceClient> {
  const server = await startServer({
    listen: '127.0.0.1:0',
    services: [{ definition: service.service, implementation }],
    health: ['test'],
  });
  const channel = connectChannel(server.address);
  t.after(async () => {
    channel.close();
    await server.stop(0);
  });
  return channel.client(service);
}
