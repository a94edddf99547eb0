import { createHash } from 'node:crypto';
import type { GenerationRecord } from '@tessera/core';
import type { GatewayBeat } from '@tessera/runtime';

type Candidate = Pick<GatewayBeat, 'gatewayId' | 'arithmeticVersion' | 'draining' | 'uptimeMs'>;

/**
 * Which of the gateways takes a generation that nobody has: 0 is first. Every
 * gateway comes to the same order without asking another one, and different
 * generations to different orders, so that a lost gateway's work is spread.
 *
 * One that began within the last lease comes after all others: it cannot have
 * missed a holder yet, and nobody is to wait for it.
 *
 * @returns `undefined` for a gateway that leaves it to others: of another arithmetic version while one of the right
 *   one is there, or one that goes down.
 */
export function turnOf(
  gatewayId: string,
  { generationId, arithmetic, lease }: Pick<GenerationRecord, 'generationId' | 'arithmetic' | 'lease'>,
  gateways: readonly Candidate[],
  expiryMs: number,
): number | undefined {
  // Who lost it has no turn, even if it is only just missed.
  const left = gateways.filter((gateway) => gateway.gatewayId === gatewayId || gateway.gatewayId !== lease?.holder);
  const staying = left.filter(({ draining }) => draining !== true);
  const same = staying.filter(({ arithmeticVersion }) => arithmeticVersion === arithmetic?.arithmeticVersion);
  const able = same.length > 0 ? same : staying;
  const weightOf = (id: string) => createHash('sha256').update(`${generationId} ${id}`).digest('hex');
  const isYoung = ({ uptimeMs }: Candidate) => lease?.holder !== undefined && uptimeMs < expiryMs;
  const order = able.toSorted((a, b) => {
    const youngLast = Number(isYoung(a)) - Number(isYoung(b));
    if (youngLast !== 0) return youngLast;
    return weightOf(a.gatewayId) < weightOf(b.gatewayId) ? -1 : 1;
  });
  const turn = order.findIndex((gateway) => gateway.gatewayId === gatewayId);
  return turn === -1 ? undefined : turn;
}
