import { createDenoiserHandlers, Denoiser, type DenoiserNetwork, type Protections } from '@tessera/denoiser';
import type { Executor } from '@tessera/onnx';
import { tesseraV1 } from '@tessera/proto';
import { connectChannel, type ServiceChannel, startServer } from '@tessera/runtime';

/** A denoiser's service in this process, over a real executor. */
export interface ServedDenoiser extends AsyncDisposable {
  readonly denoiser: Denoiser;
  readonly channel: ServiceChannel;
}

export async function serveDenoiser(
  executor: Executor,
  networks: readonly DenoiserNetwork[],
  protections: Partial<Protections> = {},
): Promise<ServedDenoiser> {
  const denoiser = new Denoiser({ executor, numericClass: 'test', networks, protections });
  const fault = (thrown: unknown) => process.stderr.write(`a fault of the service: ${thrown}\n`);
  const server = await startServer({
    listen: '127.0.0.1:0',
    services: [
      {
        definition: tesseraV1.DenoiserService.service,
        implementation: createDenoiserHandlers(() => denoiser, fault),
      },
    ],
    health: ['test'],
  });
  const channel = connectChannel(server.address);
  return {
    denoiser,
    channel,
    async [Symbol.asyncDispose]() {
      channel.close();
      await server.stop(0);
    },
  };
}
