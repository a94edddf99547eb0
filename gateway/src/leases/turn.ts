import { createHash } from 'node:crypto';
import type { GenerationRecord } from '@tessera/core';
import type { GatewayBeat } from '@tessera/runtime';

type Candidate = Pick<GatewayBeat, 'gatewayId' | 'arithmeticVersion' | 'draining'>;

/**
 * Which of the gateways takes a generation that nobody has: 0 is first. Every
 * gateway comes to the same order without asking another one, and different
 * generations to different orders, so that a lost gateway's work is spread.
 *
 * @returns `undefined` for a gateway that leaves it to others: of another arithmetic version while one of the right
 *   one is there, or one that goes down.
 */
export function turnOf(
  gatewayId: string,
  { generationId, arithmetic }: Pick<GenerationRecord, 'generationId' | 'arithmetic'>,
  gateways: readonly Candidate[],
): number | undefined {
  const staying = gateways.filter(({ draining }) => draining !== true);
  const same = staying.filter(({ arithmeticVersion }) => arithmeticVersion === arithmetic?.arithmeticVersion);
  const able = same.length > 0 ? same : staying;
  const weightOf = (id: string) => createHash('sha256').update(`${generationId} ${id}`).digest('hex');
  const order = able.map((gateway) => gateway.gatewayId).sort((a, b) => (weightOf(a) < weightOf(b) ? -1 : 1));
  const turn = order.indexOf(gatewayId);
  return turn === -1 ? undefined : turn;
}
