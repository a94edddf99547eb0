import type { Client } from 'k6/net/grpc';
import { connect } from './cluster.ts';
import { type Followed, type FollowOptions, follow } from './follow.ts';
import * as metrics from './metrics.ts';

const PROMPTS = ['a red apple', 'a rocket', 'a cat with a hat', 'a green leaf', 'a blue heart', 'a slice of pizza'];

/** What a generation of the usual size asks for: few steps, a preview after each. */
export function usualRequest(): object {
  return {
    prompt: PROMPTS[Math.floor(Math.random() * PROMPTS.length)],
    seed: String(Math.floor(Math.random() * 2 ** 32)),
    steps: '4',
    preview: { everySteps: '1' },
  };
}

export interface GenerateOptions extends FollowOptions {
  /** Whether the cluster may refuse it: it is offered more than it can do. */
  readonly mayBeRefused?: boolean;
  readonly tags?: Record<string, string>;
}

/** One generation over a connection of its own, with all that is measured of it. */
export async function generate(client: Client, request: object, options: GenerateOptions = {}): Promise<Followed> {
  connect(client);
  try {
    const followed = await follow(client, request, options);
    record(followed, options);
    return followed;
  } finally {
    client.close();
  }
}

export function record(followed: Followed, { mayBeRefused = false, tags = {} }: GenerateOptions = {}): void {
  const { end, text, totalMs, firstPreviewMs, previewGapsMs } = followed;
  if (end === 'refused') {
    metrics.refused.add(1, tags);
    metrics.refusalLatency.add(totalMs, tags);
  }
  const isRefusal = mayBeRefused && end === 'refused';
  const isLate = mayBeRefused && end === 'late';
  metrics.failed.add(end !== 'completed' && !isRefusal && !isLate, tags);
  if (isRefusal) return;
  if (isLate) {
    metrics.late.add(1, tags);
    return;
  }
  if (end === 'completed') metrics.completed.add(1, tags);
  else console.error(`a generation ended ${end}: ${text}`);
  metrics.total.add(totalMs, tags);
  metrics.timeToFirstPreview.add(firstPreviewMs ?? totalMs, tags);
  metrics.previews.add(previewGapsMs.length + (firstPreviewMs === undefined ? 0 : 1), tags);
  for (const gapMs of previewGapsMs) metrics.previewGap.add(gapMs, tags);
}
