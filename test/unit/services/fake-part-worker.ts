import {
  duplexStream,
  PROTOCOL_VERSION,
  type RunPartRequest__Output,
  serverStream,
  tesseraV1,
  unary,
} from '@tessera/proto';
import { startServer } from '@tessera/runtime';

export interface FakePartWorker extends AsyncDisposable {
  readonly address: string;
  /** Runs that were asked of it, those that it lost too. */
  readonly asked: number;
}

/**
 * A worker of a part that answers every run with what it was fed, and loses
 * the first ones: their stream ends as if the process had.
 */
export async function fakePartWorker(losses: number): Promise<FakePartWorker> {
  let asked = 0;
  const stop = new AbortController();
  const fault = (thrown: unknown) => assertNothing(thrown);
  async function* answers(requests: AsyncIterable<RunPartRequest__Output>) {
    for await (const { runId, run, tensor } of requests) {
      if (run) {
        asked += 1;
        if (asked <= losses) return;
        yield { runId, ran: { tensors: run.tensors, runUs: 1000 } };
      }
      if (tensor) yield { runId, tensor };
    }
  }
  async function* beats(signal: AbortSignal) {
    while (!signal.aborted && !stop.signal.aborted) {
      yield { state: 'WORKER_STATE_READY' as const };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const server = await startServer({
    listen: '127.0.0.1:0',
    health: ['test'],
    services: [
      {
        definition: tesseraV1.DenoiserPartService.service,
        implementation: { RunPart: duplexStream(answers, fault) },
      },
      {
        definition: tesseraV1.WorkerService.service,
        implementation: {
          Watch: serverStream((_request, signal) => beats(signal), fault),
          Describe: unary(
            () => ({ protocolVersion: PROTOCOL_VERSION, stage: 'STAGE_DENOISER_PART' as const, numericClass: 'test' }),
            fault,
          ),
        },
      },
    ],
  });
  return {
    address: server.address,
    get asked() {
      return asked;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.stop(0);
    },
  };
}

function assertNothing(thrown: unknown): void {
  process.stderr.write(`a fault of the fake: ${thrown}\n`);
}
