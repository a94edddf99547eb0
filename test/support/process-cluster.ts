import { type GatewayProcess, startGateway } from './gateway-process.js';
import { startWorker, type WorkerProcess } from './worker-process.js';

/** A cluster of real processes that were started one by one, so that what each of them logs can be read. */
export interface ProcessCluster {
  readonly gateway: GatewayProcess;
  readonly denoisers: readonly WorkerProcess[];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ProcessClusterOptions {
  readonly denoisers?: number;
  readonly model?: string;
  /** Of the denoisers. */
  readonly logLevel?: string;
  /** Of one run of a denoiser. */
  readonly threads?: number;
}

export async function startProcessCluster(options: ProcessClusterOptions = {}): Promise<ProcessCluster> {
  const { denoisers: count = 1, model, logLevel = 'info', threads = 1 } = options;
  const started: AsyncDisposable[] = [];
  const dispose = async () => {
    for (const process of started.reverse()) await process[Symbol.asyncDispose]();
  };
  const worker = async (stage: Parameters<typeof startWorker>[0], args: readonly string[] = []) => {
    const process = await startWorker(stage, { args, ...(model !== undefined && { model }) });
    started.push(process);
    return process;
  };
  try {
    const encoder = await worker('text-encoder');
    const decoder = await worker('decoder');
    const denoisers: WorkerProcess[] = [];
    const denoiserArgs = ['--log-level', logLevel, '--threads', String(threads)];
    for (let i = 0; i < count; i += 1) denoisers.push(await worker('denoiser', denoiserArgs));
    const gateway = await startGateway({
      textEncoders: [encoder.address],
      denoisers: denoisers.map(({ address }) => address),
      decoders: [decoder.address],
    });
    started.push(gateway);
    await gateway.ready;
    await Promise.all(denoisers.map((denoiser) => denoiser.ready()));
    return { gateway, denoisers, [Symbol.asyncDispose]: dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}
