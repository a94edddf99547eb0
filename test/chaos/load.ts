import { connect, type GenerationRequestInput, type TesseraClient } from '@tessera/client';
import { monotonicMs } from '../support/monotonic.js';
import { seededRandom } from '../support/seeded-random.js';
import { isWholeAndInOrder, viewed } from '../support/viewed.js';

/** What became of one request, as its viewer saw it. */
export interface Followed {
  readonly key: string;
  /** Which of the requests. */
  readonly index: number;
  /** Somebody asked for it to be cancelled. */
  readonly cancelled: boolean;
  /** Under which it was accepted; more than one is a fault. */
  readonly generationIds: readonly string[];
  readonly endings: readonly string[];
  readonly hashes: string;
  readonly repeatedSteps: number;
  readonly inOrder: boolean;
  readonly longestGapMs: number;
  readonly failure: string | undefined;
  readonly beganMs: number;
  readonly endedMs: number;
}

export interface Load {
  readonly followed: readonly Followed[];
  /** Ids that were accepted so far. */
  readonly accepted: ReadonlySet<string>;
  /** What was begun and has not ended, by key and id. */
  readonly open: readonly string[];
  /** Begins nothing more; resolves when what was begun has ended. */
  end(): Promise<void>;
}

const CANCEL_SHARE = 0.08;
const TWICE_SHARE = 0.08;
const CANCEL_AT_STEP = 20;
/** A client that never gives up: whatever ends its stream was said by the cluster. */
const RECONNECT = { attempts: 1_000, initialDelayMs: 100, maxDelayMs: 1_000 };
const PATIENT_CALL_MS = 60_000;

/** Clients that send one of the requests after another, each through all gateways. */
export function startLoad(
  addresses: readonly string[],
  requests: readonly GenerationRequestInput[],
  clients: number,
  seed: number,
): Load {
  const followed: Followed[] = [];
  const accepted = new Set<string>();
  const open = new Map<string, string>();
  let ended = false;
  const one = async (client: TesseraClient, index: number, key: string, cancel: boolean): Promise<void> => {
    const beganMs = monotonicMs();
    let asked = false;
    open.set(key, '');
    const request = { ...requests[index], idempotencyKey: key } as GenerationRequestInput;
    const view = await viewed(client, request, (event) => {
      accepted.add(event.generationId);
      open.set(key, event.generationId);
      if (!cancel || asked || event.type !== 'progress' || event.stepIndex < CANCEL_AT_STEP) return;
      asked = true;
      void cancelled(addresses, event.generationId);
    });
    open.delete(key);
    const { events, hashes, repeated: repeatedSteps, longestGapMs, failure } = view;
    followed.push({
      ...{ key, index, cancelled: asked, hashes, repeatedSteps, longestGapMs, failure, beganMs },
      generationIds: [...new Set(events.map(({ generationId }) => generationId))],
      endings: events.map(({ type }) => type).filter((type) => ['completed', 'failed', 'cancelled'].includes(type)),
      inOrder: isWholeAndInOrder(events),
      endedMs: monotonicMs(),
    });
  };
  const sending = Array.from({ length: clients }, async (_, i) => {
    const random = seededRandom(seed + i);
    const [client, another] = [0, 1].map(() => connect({ address: addresses, reconnect: RECONNECT }));
    if (client === undefined || another === undefined) return;
    for (let n = 0; !ended; n += 1) {
      const index = Math.floor(random() * requests.length);
      const key = `chaos ${seed} ${i} ${n}`;
      const kind = random();
      const twice = kind > 1 - TWICE_SHARE ? [another] : [];
      await Promise.all([client, ...twice].map((its) => one(its, index, key, kind < CANCEL_SHARE)));
    }
    client.close();
    another.close();
  });
  return {
    followed,
    accepted,
    get open() {
      return [...open].map(([key, generationId]) => `${key} ${generationId}`);
    },
    async end() {
      ended = true;
      await Promise.all(sending);
    },
  };
}

/** A call that nobody answers is made again; what it says is seen in the stream. */
async function cancelled(addresses: readonly string[], generationId: string): Promise<void> {
  const client = connect({ address: addresses });
  const giveUpMs = monotonicMs() + PATIENT_CALL_MS;
  while (monotonicMs() < giveUpMs) {
    if (await client.cancel(generationId).then(Boolean, () => false)) break;
  }
  client.close();
}
