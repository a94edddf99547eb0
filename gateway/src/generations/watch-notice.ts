/** What a gateway tells of a generation: whether anybody watches it there. */
export interface WatchNotice {
  readonly gatewayId: string;
  readonly watching: boolean;
}

export function watchNotice({ gatewayId, watching }: WatchNotice): Uint8Array {
  return Buffer.from(JSON.stringify({ gateway_id: gatewayId, watching }));
}

/** `undefined` for bytes that are no such notice. */
export function parseWatchNotice(bytes: Uint8Array): WatchNotice | undefined {
  try {
    const { gateway_id: gatewayId, watching } = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof gatewayId === 'string' && typeof watching === 'boolean' ? { gatewayId, watching } : undefined;
  } catch {
    return undefined;
  }
}
