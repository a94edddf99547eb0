import { join } from 'node:path';
import type { Protections as DenoiserProtections } from '@tessera/denoiser';
import type { Protections as GatewayProtections } from '@tessera/gateway';
import { GATEWAY_SCRIPT, type GatewayProcess, startGateway } from './gateway-process.js';
import { repoRoot } from './paths.js';
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
  readonly gatewayArgs?: readonly string[];
  /** Protections that are turned off in the processes. */
  readonly without?: {
    readonly gateway?: Partial<GatewayProtections>;
    readonly denoiser?: Partial<DenoiserProtections>;
  };
}

const UNPROTECTED = join(repoRoot, 'test/dist/support');

export async function startProcessCluster(options: ProcessClusterOptions = {}): Promise<ProcessCluster> {
  const { denoisers: count = 1, model, logLevel = 'info', threads = 1, gatewayArgs = [], without = {} } = options;
  const started: AsyncDisposable[] = [];
  const dispose = async () => {
    for (const process of started.reverse()) await process[Symbol.asyncDispose]();
  };
  const worker = async (stage: Parameters<typeof startWorker>[0], args: readonly string[] = [], script?: string) => {
    const its = { ...(script !== undefined && { script }), ...(model !== undefined && { model }) };
    const process = await startWorker(stage, { args, ...its });
    started.push(process);
    return process;
  };
  try {
    const encoder = await worker('text-encoder');
    const decoder = await worker('decoder');
    const denoisers: WorkerProcess[] = [];
    const denoiserArgs = ['--log-level', logLevel, '--threads', String(threads)];
    const denoiserProgram = unprotected('unprotected-denoiser-program.js', without.denoiser);
    for (let i = 0; i < count; i += 1) {
      denoisers.push(await worker('denoiser', [...denoiserArgs, ...denoiserProgram.args], denoiserProgram.script));
    }
    const workers = {
      textEncoders: [encoder.address],
      denoisers: denoisers.map(({ address }) => address),
      decoders: [decoder.address],
    };
    const { script = GATEWAY_SCRIPT, args } = unprotected('unprotected-gateway-program.js', without.gateway);
    const gateway = await startGateway(workers, [...gatewayArgs, ...args], script);
    started.push(gateway);
    await gateway.ready;
    await Promise.all(denoisers.map((denoiser) => denoiser.ready()));
    return { gateway, denoisers, [Symbol.asyncDispose]: dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}

/** A program that takes protections to do without, in place of the process's own, where there are any. */
function unprotected(program: string, without: object | undefined): { script?: string; args: readonly string[] } {
  if (without === undefined) return { args: [] };
  return { script: join(UNPROTECTED, program), args: ['--protections', JSON.stringify(without)] };
}
