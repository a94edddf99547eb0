export type Shape = readonly number[];

export function elementCount(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Numpy's rule; undefined where the shapes do not go together. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const extentA = a[a.length - rank + axis] ?? 1;
    const extentB = b[b.length - rank + axis] ?? 1;
    if (extentA !== extentB && extentA !== 1 && extentB !== 1) return undefined;
    shape.push(extentA === 1 ? extentB : extentA);
  }
  return shape;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** An axis counted from the front. */
export function frontAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Row-major: how far apart neighbours along each axis lie. */
export function strides(shape: Shape): number[] {
  const result = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = stride;
    stride *= shape[axis] as number;
  }
  return result;
}

/** The indices of a tensor of `shape`, row-major. */
export function* indices(shape: Shape): Generator<readonly number[]> {
  const index = new Array<number>(shape.length).fill(0);
  const count = elementCount(shape);
  for (let i = 0; i < count; i++) {
    yield index;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

/** One axis of a Slice, with ONNX's clamping: where it begins, how many elements, how far apart. */
export function slicedAxis(extent: number, from: number, to: number, step: number): { start: number; count: number } {
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const absolute = (value: number) => (value < 0 ? value + extent : value);
  if (step > 0) {
    const start = clamp(absolute(from), 0, extent);
    return { start, count: Math.max(0, Math.ceil((clamp(absolute(to), 0, extent) - start) / step)) };
  }
  const start = clamp(absolute(from), 0, extent - 1);
  return { start, count: Math.max(0, Math.ceil((clamp(absolute(to), -1, extent - 1) - start) / step)) };
}
