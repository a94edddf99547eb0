import { type OrderedTree, removed, type TreeOrder } from './ordered-tree.js';
import type { CallOrder, QueuedCall } from './queued-call.js';

/** What one tenant has waiting, and how far it has been served. */
export interface TenantAccount<Call extends QueuedCall> {
  readonly name: string;
  /** Start tag of its next call: evaluations a unit of weight. */
  readonly tag: number;
  readonly weight: number;
  /** When it was served last, as a count of calls served. */
  readonly lastServed: number;
  /** By bucket, each in the order of the tenant's calls. */
  readonly calls: ReadonlyMap<string, OrderedTree<Call>>;
  /** Calls. */
  readonly size: number;
  readonly evaluations: number;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

// biome-ignore lint/suspicious/noExplicitAny: orders accounts of every kind of call.
export const BY_NAME: TreeOrder<TenantAccount<any>> = { compare: byName, weightOf: () => 0 };

// biome-ignore lint/suspicious/noExplicitAny: orders accounts of every kind of call.
export const BY_TAG: TreeOrder<TenantAccount<any>> = {
  compare: (a, b) => a.tag - b.tag || a.lastServed - b.lastServed || byName(a, b),
  weightOf: () => 0,
};

/** An account that has not been served: what a tenant begins with. */
export function newAccount<Call extends QueuedCall>(name: string, tag: number): TenantAccount<Call> {
  return { name, tag, weight: 1, lastServed: 0, calls: new Map(), size: 0, evaluations: 0 };
}

/** `undefined` when the call does not wait there. */
export function withoutCall<Call extends QueuedCall>(
  account: TenantAccount<Call>,
  call: Call,
  order: CallOrder<Call>,
): TenantAccount<Call> | undefined {
  const tree = account.calls.get(call.bucket);
  const rest = removed(tree, call, order);
  if (rest === tree) return undefined;
  const calls = new Map(account.calls);
  if (rest === undefined) calls.delete(call.bucket);
  else calls.set(call.bucket, rest);
  return { ...account, calls, size: account.size - 1, evaluations: account.evaluations - call.evaluations };
}
