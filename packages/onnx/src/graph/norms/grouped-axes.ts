import type { ModelOperator } from '../graph-model.js';
import { elementCount, sameShape } from '../shapes.js';
import type { GraphView } from './graph-view.js';

/** A tensor seen as [batch, groups, …], and the tensor it was reshaped from. */
export interface GroupedTensor {
  readonly input: string;
  readonly channels: number;
  readonly groups: number;
  readonly reshape: ModelOperator;
}

/** The Reshape that makes `grouped` ([batch, groups, …]) from [batch, channels, …], channels a multiple of groups. */
export function groupedFrom(view: GraphView, grouped: string): GroupedTensor | undefined {
  const reshape = view.madeBy(grouped, 'Reshape');
  const input = reshape?.inputs[0];
  const [from, to] = [view.shape(input ?? ''), view.shape(grouped)];
  if (reshape === undefined || input === undefined || from === undefined || to === undefined) return undefined;
  const [batch, channels] = from;
  const [sameBatch, groups] = to;
  if (channels === undefined || groups === undefined || batch !== sameBatch || channels % groups !== 0)
    return undefined;
  return elementCount(from) === elementCount(to) ? { input, channels, groups, reshape } : undefined;
}

/** The Reshape that gives `grouped` the shape of `like` again, where nothing else reads it. */
export function ungroupedTo(view: GraphView, grouped: string, like: string): ModelOperator | undefined {
  const reshape = view.onlyReader(grouped, 'Reshape');
  const [shape, wanted] = [view.shape(reshape?.outputs[0] ?? ''), view.shape(like)];
  return shape !== undefined && wanted !== undefined && sameShape(shape, wanted) ? reshape : undefined;
}

/** One value a group as one a channel. */
export function spreadOverChannels(perGroup: readonly number[], channels: number): readonly number[] {
  const channelsPerGroup = channels / perGroup.length;
  return Array.from({ length: channels }, (_, channel) => perGroup[Math.floor(channel / channelsPerGroup)] as number);
}
