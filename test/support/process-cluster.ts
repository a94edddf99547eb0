import { join } from 'node:path';
import type { Protections as DenoiserProtections } from '@tessera/denoiser';
import type { Protections as GatewayProtections } from '@tessera/gateway';
import { GATEWAY_SCRIPT, type GatewayProcess, type GatewayWorkers, startGateway } from './gateway-process.js';
import { repoRoot } from './paths.js';
import { startWorker, type WorkerProcess } from './worker-process.js';

/** A cluster of real processes that were started one by one, so that what each of them logs can be read. */
export interface ProcessCluster {
  readonly gateway: GatewayProcess;
  readonly denoisers: readonly WorkerProcess[];
  /** Where they all are, for another gateway. */
  readonly workers: GatewayWorkers;
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
  /** Rows of a denoiser's fullest run; as it measures them when not given. */
  readonly rows?: number;
  /** Protections that are turned off in the processes; those of denoisers only where their rows are given. */
  readonly without?: {
    readonly gateway?: Partial<GatewayProtections>;
    readonly denoiser?: Partial<DenoiserProtections>;
  };
}

const UNPROTECTED = join(repoRoot, 'test/dist/support');

export async function startProcessCluster(options: ProcessClusterOptions = {}): Promise<ProcessCluster> {
  const { denoisers: count = 1, model, logLevel = 'info', threads = 1, gatewayArgs = [], rows, without = {} } = options;
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
    const denoiser = unprotected(
      'unprotected-denoiser-program.js',
      rows === undefined ? undefined : { ...without.denoiser },
    );
    const rowArgs = rows === undefined ? [] : ['--rows', String(rows)];
    for (let i = 0; i < count; i += 1) {
      denoisers.push(await worker('denoiser', [...denoiserArgs, ...denoiser.args, ...rowArgs], denoiser.script));
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
    return { gateway, denoisers, workers, [Symbol.asyncDispose]: dispose };
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
