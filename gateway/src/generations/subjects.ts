/** Transient events of a generation, as bytes of a GenerationEvent. */
export function eventsSubject(generationId: string): string {
  return `gen.${generationId}.live`;
}

/** Whoever runs the generation is asked to stop; the message is empty. */
export function cancelSubject(generationId: string): string {
  return `gen.${generationId}.cancel`;
}
