/**
 * What the core needs of an AbortSignal. A real AbortSignal satisfies it; the
 * core cannot name that type, since it is compiled without any host's library.
 */
export interface CancelSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}
