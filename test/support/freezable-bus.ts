import type { Bus } from '@tessera/runtime';

/**
 * One gateway's view of a Bus that is shared with others. While it is frozen
 * nothing of that gateway gets through, nor comes to it, and its time in touch
 * with the Bus stands still: as when its process is stopped. What was asked
 * meanwhile is done once it is thawed; a killed process is never thawed.
 */
export class FreezableBus implements Bus {
  readonly logs: Bus['logs'];
  readonly objects: Bus['objects'];
  readonly live: Bus['live'];
  readonly presence: Bus['presence'];
  readonly failed: AbortSignal;
  readonly #bus: Bus;
  #thawed: Promise<void> | undefined;
  #thaw: () => void = () => {};
  #frozenAtMs = 0;
  #frozenMs = 0;

  constructor(bus: Bus) {
    this.#bus = bus;
    this.failed = bus.failed;
    this.logs = this.#gated(bus.logs, ['append', 'read', 'delete'], ['follow', 'followAll']);
    this.objects = this.#gated(bus.objects, ['put', 'get', 'delete', 'list'], []);
    this.presence = this.#gated(bus.presence, ['announce', 'withdraw'], ['watch']);
    const live = this.#gated(bus.live, [], ['subscribe']);
    this.live = {
      subscribe: (pattern, signal) => live.subscribe(pattern, signal),
      publish: (subject, payload) => {
        if (this.#thawed === undefined) bus.live.publish(subject, payload);
        else void this.#thawed.then(() => bus.live.publish(subject, payload));
      },
    };
  }

  freeze(): void {
    this.#frozenAtMs = performance.now();
    this.#thawed = new Promise((resolve) => {
      this.#thaw = resolve;
    });
  }

  thaw(): void {
    this.#frozenMs += performance.now() - this.#frozenAtMs;
    this.#thawed = undefined;
    this.#thaw();
  }

  connectedMs(): number {
    const nowMs = this.#thawed === undefined ? performance.now() : this.#frozenAtMs;
    return nowMs - this.#frozenMs;
  }

  close(): Promise<void> {
    return this.#bus.close();
  }

  #gated<Part extends object>(part: Part, calls: readonly (keyof Part)[], streams: readonly (keyof Part)[]): Part {
    const thawed = () => this.#thawed;
    return new Proxy(part, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const method = value.bind(target);
        if (calls.includes(name as keyof Part)) {
          return async (...args: unknown[]) => {
            await thawed();
            return method(...args);
          };
        }
        if (!streams.includes(name as keyof Part)) return method;
        return (...args: unknown[]) => heardWhileThawed(method(...args), thawed);
      },
    });
  }
}

async function* heardWhileThawed(items: AsyncIterable<unknown>, thawed: () => Promise<void> | undefined) {
  for await (const item of items) {
    await thawed();
    yield item;
  }
}
