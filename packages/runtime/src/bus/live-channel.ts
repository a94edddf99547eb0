export interface LiveMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
}

/**
 * What is worth hearing only now: previews, progress, requests to cancel. At
 * most once; nothing is stored.
 */
export interface LiveChannel {
  /**
   * Never waits.
   *
   * @param subject parts separated by dots, without wildcards.
   * @param payload at most {@link MAX_LIVE_BYTES}.
   */
  publish(subject: string, payload: Uint8Array): void;

  /**
   * What is published from now on (in a cluster: from when the subscription
   * has reached the server), in order for each publisher. A subscriber that is
   * behind by {@link MAX_WAITING_MESSAGES} or {@link MAX_WAITING_BYTES} loses
   * the oldest messages: the newest win. Ends when the signal is aborted.
   *
   * @param pattern a subject in which `*` stands for one part and a last `>` for one or more.
   */
  subscribe(pattern: string, signal: AbortSignal): AsyncIterable<LiveMessage>;
}

export const MAX_LIVE_BYTES = 1024 * 1024;
export const MAX_WAITING_MESSAGES = 256;
export const MAX_WAITING_BYTES = 8 * 1024 * 1024;
