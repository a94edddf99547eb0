import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { connect, type TesseraClient } from '@tessera/client';
import { type Cluster, startCluster } from './cluster.js';
import { anyNatsProgram } from './nats-server.js';
import { eventually, processesWithEnv } from './processes.js';

export interface DurableCluster extends AsyncDisposable {
  readonly cluster: Cluster;
  /** Knows every gateway. */
  readonly client: TesseraClient;
  /** The ids of all processes of it there are now, whether a gateway knows them or not. */
  family(): readonly number[];
  /** The processes as they are now: a killed one has been started again under another id. */
  pids(): Promise<ReadonlyMap<string, number>>;
  /** Resolves once every worker and gateway is there and ready. */
  whole(): Promise<void>;
}

const WHOLE_WITHIN_MS = 60_000;

/** `tessera up` with a nats-server and two gateways. */
export async function startDurableCluster(args: readonly string[] = []): Promise<DurableCluster> {
  const program = anyNatsProgram();
  if (program === undefined) throw new Error('no nats-server');
  const home = await mkdtemp(join(tmpdir(), 'tessera-survival-'));
  const PATH = [dirname(program.path), process.env.PATH].join(delimiter);
  const cluster = await startCluster(['--nats', 'auto', '--gateways', '2', ...args], {
    PATH,
    TESSERA_HOME: home,
    CLUSTER_MARK: home,
  });
  const client = connect({ address: cluster.addresses });
  const pids = async () => {
    const { gateways, workers } = await client.status();
    const ofGateways = gateways.map(({ address, pid }) => [`gateway ${address}`, pid] as const);
    return new Map([...ofGateways, ...workers.map(({ id, pid }) => [id, pid] as const)]);
  };
  const names = (await pids()).size;
  return {
    cluster,
    client,
    family: () => processesWithEnv('CLUSTER_MARK', home),
    pids,
    async whole() {
      const isWhole = async () => {
        const views = await Promise.all(cluster.addresses.map(viewOf));
        return views.every((view) => view !== undefined && view.ready === names);
      };
      if (!(await eventually(isWhole, WHOLE_WITHIN_MS))) throw new Error('the cluster did not come back');
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await cluster.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** How many processes one gateway sees at work; `undefined` while it does not serve. */
async function viewOf(address: string): Promise<{ readonly ready: number } | undefined> {
  const client = connect({ address });
  try {
    if (!(await client.isServing(2_000))) return undefined;
    const { gateways, workers } = await client.status();
    const addresses = new Set(gateways.map((gateway) => gateway.address));
    return { ready: addresses.size + workers.filter(({ state }) => state === 'ready').length };
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}
