import { emptyQueue, enqueue, type Queue, type QueuePolicy, take, waitingTenants, withdraw } from '@tessera/core';
import type { Capacity } from './capacity.js';
import type { Place, Reserved } from './place.js';
import { NO_LOAD, type TenantLoad } from './tenant-load.js';
import type { Work } from './work.js';

export interface PlacesSetup {
  /** Most that running generations may hold. */
  readonly maxRunningBytes: number;
  readonly policy: QueuePolicy;
  /** Off, a tenant may start as many as it has. */
  readonly boundsRunning?: boolean;
  /** What the workers can do now; `undefined` while there are none. */
  capacity(): Capacity | undefined;
  /** Share of a tenant against others. */
  weightOf(tenant: string): number;
}

/** Batches of all denoisers that the generations of one tenant may fill: one is made while the next one waits. */
const BATCHES_RUNNING = 2;

/** Who runs and who waits. */
export class Places {
  readonly #setup: PlacesSetup;
  readonly #running = new Set<Place>();
  readonly #reserved = new Set<Reserved>();
  #queue: Queue<Place>;

  constructor(setup: PlacesSetup) {
    this.#setup = setup;
    this.#queue = emptyQueue(setup.policy);
  }

  get running(): ReadonlySet<Place> {
    return this.#running;
  }

  get queue(): Queue<Place> {
    return this.#queue;
  }

  wait(place: Place): void {
    this.#queue = enqueue(this.#queue, place);
  }

  giveUp(place: Place): void {
    this.#queue = withdraw(this.#queue, place);
  }

  /** @returns what gives it back. */
  reserve(reserved: Reserved): () => void {
    this.#reserved.add(reserved);
    return () => this.#reserved.delete(reserved);
  }

  /** The next that may run, which does from now on. */
  startNext(): Place | undefined {
    const loads = this.loads([]);
    const { queue, calls } = take(this.#queue, {
      evaluations: 0,
      accepts: ({ tenant }) => this.mayRun(tenant, loads),
    });
    const [next] = calls;
    if (next === undefined || !this.fits(next.candidate.work)) return undefined;
    this.#queue = queue;
    this.#running.add(next);
    return next;
  }

  /** Runs from now on, before those that wait, if there is the memory for it. @returns whether it does. */
  goOn(place: Place): boolean {
    if (!this.fits(place.candidate.work)) return false;
    this.#running.add(place);
    return true;
  }

  /** @returns whether it ran. */
  leave(place: Place): boolean {
    return this.#running.delete(place);
  }

  /** Whether a tenant may start one more, by what its generations have in flight at once. */
  mayRun(tenant: string, loads: ReadonlyMap<string, TenantLoad>): boolean {
    if (this.#setup.boundsRunning === false) return true;
    const { running, inFlight } = loads.get(tenant) ?? NO_LOAD;
    return running.length === 0 || inFlight < this.roomFor(loads.size + (loads.has(tenant) ? 0 : 1));
  }

  /** Evaluations that each of so many tenants may have in flight. */
  roomFor(tenants: number): number {
    return (BATCHES_RUNNING * (this.#setup.capacity()?.batchEvaluations ?? 1)) / tenants;
  }

  fits({ peakMemoryBytes }: Work): boolean {
    let bytes = peakMemoryBytes;
    for (const { candidate } of this.#running) bytes += candidate.work.peakMemoryBytes;
    return bytes <= this.#setup.maxRunningBytes || this.#running.size === 0;
  }

  /** What a running generation still costs, in evaluations. */
  costLeft({ candidate, evaluations }: Place): number {
    const { work, remaining } = candidate;
    return this.#setup.capacity()?.costOf(work, remaining) ?? evaluations * remaining;
  }

  /** Of every tenant that has any. */
  loads(reserved: Iterable<Reserved> = this.#reserved): ReadonlyMap<string, TenantLoad> {
    const loads = new Map<string, TenantLoad>();
    const add = (tenant: string, change: (load: TenantLoad) => Partial<TenantLoad>) => {
      const load = loads.get(tenant) ?? { ...NO_LOAD, weight: this.#setup.weightOf(tenant) };
      loads.set(tenant, { ...load, ...change(load) });
    };
    const run = (tenant: string, left: number, { inFlight }: Work) =>
      add(tenant, (load) => ({ running: [...load.running, left], inFlight: load.inFlight + inFlight }));
    const wait = (tenant: string, calls: number, work: number) =>
      add(tenant, (load) => ({ waiting: load.waiting + calls, waitingWork: load.waitingWork + work }));
    for (const place of this.#running) run(place.tenant, this.costLeft(place), place.candidate.work);
    for (const { tenant, calls, evaluations } of waitingTenants(this.#queue)) wait(tenant, calls, evaluations);
    for (const { tenant, evaluations, work, starts } of reserved) {
      if (starts) run(tenant, evaluations, work);
      else wait(tenant, 1, evaluations);
    }
    return loads;
  }
}
