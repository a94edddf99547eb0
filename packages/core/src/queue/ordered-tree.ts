/**
 * A set in order, as an immutable value: every change gives a new tree that
 * shares what did not change. Balanced by size (Adams, "Efficient sets: a
 * balancing act", 1993; the constants are those of Haskell's Data.Map), so
 * every operation below takes logarithmic time.
 */
export interface OrderedTree<Item> {
  readonly item: Item;
  readonly left: OrderedTree<Item> | undefined;
  readonly right: OrderedTree<Item> | undefined;
  readonly size: number;
  /** Sum over all items. */
  readonly weight: number;
}

export interface TreeOrder<Item> {
  /** Negative when `a` comes first; 0 only for the same item. */
  compare(a: Item, b: Item): number;
  weightOf(item: Item): number;
}

type Tree<Item> = OrderedTree<Item> | undefined;

const MOST_UNEVEN = 3;
const SINGLE_ROTATION = 2;

export function sizeOf<Item>(tree: Tree<Item>): number {
  return tree?.size ?? 0;
}

export function weightOf<Item>(tree: Tree<Item>): number {
  return tree?.weight ?? 0;
}

/** With the item; it takes the place of an equal one. */
export function inserted<Item>(tree: Tree<Item>, item: Item, order: TreeOrder<Item>): OrderedTree<Item> {
  if (tree === undefined) return branch(undefined, item, undefined, order);
  const side = order.compare(item, tree.item);
  if (side === 0) return branch(tree.left, item, tree.right, order);
  return side < 0
    ? balanced(inserted(tree.left, item, order), tree.item, tree.right, order)
    : balanced(tree.left, tree.item, inserted(tree.right, item, order), order);
}

/** Without the item; the same tree when it is not there. */
export function removed<Item>(tree: Tree<Item>, item: Item, order: TreeOrder<Item>): Tree<Item> {
  if (tree === undefined) return undefined;
  const side = order.compare(item, tree.item);
  if (side === 0) return joined(tree.left, tree.right, order);
  const before = side < 0 ? tree.left : tree.right;
  const after = removed(before, item, order);
  if (after === before) return tree;
  return side < 0 ? balanced(after, tree.item, tree.right, order) : balanced(tree.left, tree.item, after, order);
}

export function found<Item>(tree: Tree<Item>, item: Item, order: TreeOrder<Item>): Item | undefined {
  let at = tree;
  while (at !== undefined) {
    const side = order.compare(item, at.item);
    if (side === 0) return at.item;
    at = side < 0 ? at.left : at.right;
  }
  return undefined;
}

export function firstOf<Item>(tree: Tree<Item>): Item | undefined {
  let at = tree;
  while (at?.left !== undefined) at = at.left;
  return at?.item;
}

/** How many items come before this one, whether it is there or not, and what they weigh. */
export function before<Item>(
  tree: Tree<Item>,
  item: Item,
  order: TreeOrder<Item>,
): { readonly size: number; readonly weight: number } {
  let [size, weight] = [0, 0];
  let at = tree;
  while (at !== undefined) {
    if (order.compare(at.item, item) < 0) {
      size += sizeOf(at.left) + 1;
      weight += weightOf(at.left) + order.weightOf(at.item);
      at = at.right;
    } else at = at.left;
  }
  return { size, weight };
}

/** Every item, in order. */
export function* itemsOf<Item>(tree: Tree<Item>): Generator<Item, void, undefined> {
  const path: OrderedTree<Item>[] = [];
  let at = tree;
  while (at !== undefined || path.length > 0) {
    for (; at !== undefined; at = at.left) path.push(at);
    const next = path.pop() as OrderedTree<Item>;
    yield next.item;
    at = next.right;
  }
}

function branch<Item>(left: Tree<Item>, item: Item, right: Tree<Item>, order: TreeOrder<Item>): OrderedTree<Item> {
  const size = sizeOf(left) + 1 + sizeOf(right);
  return { item, left, right, size, weight: weightOf(left) + order.weightOf(item) + weightOf(right) };
}

/** For sides that differ from balanced ones by one item. */
function balanced<Item>(left: Tree<Item>, item: Item, right: Tree<Item>, order: TreeOrder<Item>): OrderedTree<Item> {
  const [onLeft, onRight] = [sizeOf(left), sizeOf(right)];
  if (onLeft + onRight > 1) {
    if (right !== undefined && onRight > MOST_UNEVEN * onLeft) {
      const single = sizeOf(right.left) < SINGLE_ROTATION * sizeOf(right.right);
      return single ? raisedRight(left, item, right, order) : raisedRight(left, item, liftedLeft(right, order), order);
    }
    if (left !== undefined && onLeft > MOST_UNEVEN * onRight) {
      const single = sizeOf(left.right) < SINGLE_ROTATION * sizeOf(left.left);
      return single ? raisedLeft(left, item, right, order) : raisedLeft(liftedRight(left, order), item, right, order);
    }
  }
  return branch(left, item, right, order);
}

function raisedRight<Item>(left: Tree<Item>, item: Item, right: OrderedTree<Item>, order: TreeOrder<Item>) {
  return branch(branch(left, item, right.left, order), right.item, right.right, order);
}

function raisedLeft<Item>(left: OrderedTree<Item>, item: Item, right: Tree<Item>, order: TreeOrder<Item>) {
  return branch(left.left, left.item, branch(left.right, item, right, order), order);
}

function liftedLeft<Item>(tree: OrderedTree<Item>, order: TreeOrder<Item>): OrderedTree<Item> {
  return tree.left === undefined ? tree : raisedLeft(tree.left, tree.item, tree.right, order);
}

function liftedRight<Item>(tree: OrderedTree<Item>, order: TreeOrder<Item>): OrderedTree<Item> {
  return tree.right === undefined ? tree : raisedRight(tree.left, tree.item, tree.right, order);
}

function joined<Item>(left: Tree<Item>, right: Tree<Item>, order: TreeOrder<Item>): Tree<Item> {
  if (left === undefined) return right;
  if (right === undefined) return left;
  if (left.size > right.size) {
    let last = left;
    while (last.right !== undefined) last = last.right;
    return balanced(removed(left, last.item, order), last.item, right, order);
  }
  const next = firstOf(right) as Item;
  return balanced(left, next, removed(right, next, order), order);
}
