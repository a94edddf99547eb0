import { join } from 'node:path';
import {
  type Bus,
  type Certificates,
  connectNatsBus,
  createMemoryBus,
  type GATEWAY_SETTINGS,
  type Logger,
  type SettingValues,
} from '@tessera/runtime';

type BusSettings = Pick<
  SettingValues<typeof GATEWAY_SETTINGS>,
  'nats' | 'natsMonitor' | 'natsReplicas' | 'natsCredentials' | 'natsCa' | 'home'
>;

/** In the home: which store of NATS was last seen. */
const SEEN_FOLDER = 'nats-seen';

/**
 * The Bus on NATS where servers of it are named, otherwise in memory: then
 * this gateway is alone.
 *
 * @param certificates shown to servers of NATS that ask for one.
 * @throws TesseraError `failed_precondition` when the server will not do; `internal` when it lost what was stored.
 */
export async function openBus(
  settings: BusSettings,
  certificates: Certificates | undefined,
  gatewayId: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<Bus> {
  const { nats: servers, natsMonitor: monitorUrl, natsReplicas: replicas, home } = settings;
  const { natsCredentials: credentialsFile, natsCa: caFile } = settings;
  if (servers.length === 0) return createMemoryBus();
  const seenFolder = join(home, SEEN_FOLDER);
  const security = { credentialsFile, caFile, certificates };
  return connectNatsBus({ servers, name: gatewayId, security, logger, seenFolder, monitorUrl, replicas }, signal);
}
