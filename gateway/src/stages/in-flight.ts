import type { WorkerLink } from '../workers/worker-link.js';

/** What this gateway has at its denoisers, by tenant. */
export class InFlight {
  readonly #ofWorker = new WeakMap<WorkerLink, Map<string, number>>();
  readonly #lastUsed = new WeakMap<WorkerLink, number>();
  #uses = 0;

  /** @returns what is called when the evaluations are there no more. */
  enter(worker: WorkerLink, tenant: string, evaluations: number): () => void {
    const vacate = worker.occupy(evaluations);
    const tenants = this.#ofWorker.get(worker) ?? new Map<string, number>();
    this.#ofWorker.set(worker, tenants);
    tenants.set(tenant, (tenants.get(tenant) ?? 0) + evaluations);
    this.#uses += 1;
    this.#lastUsed.set(worker, this.#uses);
    return () => {
      vacate();
      const left = (tenants.get(tenant) ?? 0) - evaluations;
      if (left > 0) tenants.set(tenant, left);
      else tenants.delete(tenant);
    };
  }

  /**
   * Whether the denoiser should get more now. Every active tenant has an equal
   * part of the room, and one that has nothing there need not wait for others
   * to leave: the denoiser, which sees the calls of all gateways, then decides
   * between tenants that all wait there.
   */
  hasRoom(worker: WorkerLink, tenant: string, evaluations: number, activeTenants: number): boolean {
    const { inFlight, costs, description } = worker;
    if (inFlight === 0) return true;
    // Full runs that keep a denoiser busy: one waits while the others are made.
    const room = ((description?.runsAtOnce ?? 1) + 1) * costs.fullRun;
    const ofTenant = this.#ofWorker.get(worker)?.get(tenant) ?? 0;
    if (ofTenant === 0) return inFlight + evaluations <= 2 * room;
    return inFlight + evaluations <= room && ofTenant + evaluations <= room / Math.max(1, activeTenants);
  }

  /** Whether `worker` was used less recently than `other`. */
  longerUnused(worker: WorkerLink, other: WorkerLink | undefined): boolean {
    return other === undefined || (this.#lastUsed.get(worker) ?? 0) < (this.#lastUsed.get(other) ?? 0);
  }
}
