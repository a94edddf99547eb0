/**
 * Transient events of a generation, as bytes of a GenerationEvent.
 *
 * @param fence of the lease under which they are told; `*` for all.
 */
export function eventsSubject(generationId: string, fence: number | '*'): string {
  return `gen.${generationId}.live.${fence}`;
}

/** The fence in such a subject. */
export function fenceOf(subject: string): number {
  return Number(subject.split('.')[3]);
}

/** The newest state of an image in the making, as the bytes of a checkpoint; `*` for all. */
export function stateSubject(generationId: string, imageIndex: number | '*'): string {
  return `gen.${generationId}.state.${imageIndex}`;
}

/** Whoever runs the generation is asked to stop; the message is empty. */
export function cancelSubject(generationId: string): string {
  return `gen.${generationId}.cancel`;
}

/** Gateways tell whether the generation is watched there, as JSON of a WatchNotice. */
export function watchersSubject(generationId: string): string {
  return `gen.${generationId}.watchers`;
}

/** The generation that a subject belongs to. */
export function generationOf(subject: string): string {
  return subject.split('.')[1] ?? '';
}
