import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GatewayProcess, startGateway } from './gateway-process.js';
import { type NatsProgram, NatsServer } from './nats-server.js';
import { TcpProxy } from './tcp-proxy.js';
import { startWorker, type WorkerProcess } from './worker-process.js';

/** Gateways of one cluster that share a NATS behind a network that can be parted; real processes. */
export interface NatsCluster {
  readonly gateways: readonly GatewayProcess[];
  readonly denoisers: readonly WorkerProcess[];
  readonly server: NatsServer;
  readonly proxy: TcpProxy;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface NatsClusterOptions {
  readonly gateways?: number;
  readonly denoisers?: number;
  readonly gatewayArgs?: readonly string[];
  /** Of each gateway, in order. */
  readonly gatewayEnv?: readonly NodeJS.ProcessEnv[];
}

export async function startNatsCluster(program: NatsProgram, options: NatsClusterOptions = {}): Promise<NatsCluster> {
  const { gateways: gatewayCount = 2, denoisers: denoiserCount = 1, gatewayArgs = [], gatewayEnv = [] } = options;
  const home = await mkdtemp(join(tmpdir(), 'tessera-home-'));
  const started: AsyncDisposable[] = [{ [Symbol.asyncDispose]: () => rm(home, { recursive: true }) }];
  const keep = <One extends AsyncDisposable>(one: One): One => {
    started.push(one);
    return one;
  };
  const dispose = async () => {
    for (const one of started.reverse()) await one[Symbol.asyncDispose]();
  };
  try {
    const server = keep(await NatsServer.start(program));
    const proxy = keep(await TcpProxy.start(server.port));
    const encoder = keep(await startWorker('text-encoder'));
    const decoder = keep(await startWorker('decoder'));
    const denoisers: WorkerProcess[] = [];
    for (let i = 0; i < denoiserCount; i += 1) denoisers.push(keep(await startWorker('denoiser')));
    const workers = {
      textEncoders: [encoder.address],
      denoisers: denoisers.map(({ address }) => address),
      decoders: [decoder.address],
    };
    const args = ['--nats', `nats://127.0.0.1:${proxy.port}`, '--home', home, ...gatewayArgs];
    const gateways: GatewayProcess[] = [];
    for (let i = 0; i < gatewayCount; i += 1) {
      gateways.push(keep(await startGateway(workers, args, undefined, gatewayEnv[i])));
    }
    await Promise.all(gateways.map(({ ready }) => ready));
    await Promise.all(denoisers.map((denoiser) => denoiser.ready()));
    return { gateways, denoisers, server, proxy, [Symbol.asyncDispose]: dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}
