import {
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { formatAddress, parseAddress } from '../settings/address.js';
import type { ServerTls } from '../tls/server-tls.js';
import { createHealthState, type HealthState, type WholeServes } from './health.js';
import { trackOpenCalls } from './open-calls.js';
import { SERVER_OPTIONS } from './options.js';

export interface ServedService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

export interface ServerSetup {
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly services: readonly ServedService[];
  /** Full names of the services whose health is told, `tessera.v1.DenoiserService`; none serves until it is said to. */
  readonly health: readonly string[];
  readonly wholeServes?: WholeServes;
  /** A `ReflectionService` of `@grpc/reflection`. */
  readonly reflection?: { addToServer(server: Pick<Server, 'addService'>): void };
  readonly interceptors?: readonly ServerInterceptor[];
  /** Without it the server speaks plain text. */
  readonly tls?: ServerTls | undefined;
  /** For tests, which show what it holds. */
  readonly protections?: Partial<ServerProtections>;
}

/** All are on. */
export interface ServerProtections {
  /** Calls end before connections are told to go away: a keepalive ping after that kills those that are still open. */
  readonly endsCallsFirst: boolean;
}

export interface RunningServer {
  /** `host:port` with the port it really has. */
  readonly address: string;
  readonly health: HealthState;
  setServing(service: string, serving: boolean): void;
  /**
   * Tells health that nothing is served any more, refuses new calls as
   * `unavailable`, lets the open ones end, and ends those that are still open
   * after `graceMs` in the same way.
   */
  stop(graceMs: number): Promise<void>;
}

/** @throws TesseraError `unavailable` that names the address, when it cannot be listened on. */
export async function startServer(setup: ServerSetup): Promise<RunningServer> {
  const health = createHealthState(setup.health, setup.wholeServes);
  const openCalls = trackOpenCalls();
  const interceptors = [...(setup.tls?.interceptors ?? []), openCalls.interceptor, ...(setup.interceptors ?? [])];
  const server = new Server({ ...SERVER_OPTIONS, interceptors });
  for (const { definition, implementation } of setup.services) server.addService(definition, implementation);
  setup.reflection?.addToServer(server);
  const endWatches = health.addToServer(server);
  const address = await bind(server, setup.listen, setup.tls?.credentials);
  const setServing = (service: string, serving: boolean) => health.setServing(service, serving);
  return {
    address,
    health,
    setServing,
    async stop(graceMs) {
      for (const service of setup.health) setServing(service, false);
      if (setup.protections?.endsCallsFirst === false) server.tryShutdown(() => {});
      await openCalls.drain(graceMs);
      endWatches();
      await closeConnections(server);
    },
  };
}

/** A server for probes alone, in plaintext, that shows the health of another server. */
export async function startHealthServer({
  listen,
  health,
  orAnyPort = false,
}: {
  listen: string;
  health: HealthState;
  /** Whether another port will do where another program has that one. */
  orAnyPort?: boolean;
}): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const server = new Server(SERVER_OPTIONS);
  const endWatches = health.addToServer(server);
  const elsewhere = (thrown: unknown) => {
    if (!orAnyPort) throw thrown;
    return bind(server, formatAddress({ ...parseAddress(listen), port: 0 }));
  };
  const address = await bind(server, listen).catch(elsewhere);
  return {
    address,
    async stop() {
      endWatches();
      await closeConnections(server);
    },
  };
}

function bind(
  server: Server,
  listen: string,
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, port) => {
      if (error === null) resolve(formatAddress({ ...parseAddress(listen), port }));
      else reject(new TesseraError('unavailable', `cannot listen on ${listen}: ${error.message}`, { cause: error }));
    });
  });
}

/** A peer with no call open closes its connection at once, unless it hangs. */
const CLOSE_LIMIT_MS = 1_000;

/** Lets what was written last be read before connections are cut. */
function closeConnections(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, CLOSE_LIMIT_MS);
    server.tryShutdown(() => {
      clearTimeout(limit);
      resolve();
    });
  });
}
