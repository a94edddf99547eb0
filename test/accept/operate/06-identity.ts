import { foreignEndings } from '../../support/foreign-generation.js';
import { healthPorts } from '../../support/health-ports.js';
import { attemptsOn } from '../../support/refused-attempts.js';
import { rotateUnderLoad } from '../../support/rotation-under-load.js';
import { SecureCluster } from '../../support/secure-cluster.js';
import type { AcceptancePoint } from '../point.js';

export const identityPoint: AcceptancePoint = {
  id: 'operate.6',
  title:
    "plain text, a wrong CA, a right CA with the wrong name, no key: refused on every port but health, which tells health alone; another tenant's id is as one that is missing; certificates replaced under load fail no call",
  run: async () => {
    await using cluster = await SecureCluster.start();
    const { refused, answered } = await attemptsOn(cluster);
    const letIn = refused.filter(({ outcome }) => !outcome.startsWith('refused'));
    const keptOut = answered.filter(({ outcome }) => outcome !== 'answered');
    const health = await healthPorts(cluster);
    const endings = await foreignEndings(cluster);
    const told = endings.filter(({ foreign, missing }) => foreign !== missing || foreign === 'answered');
    const rotation = await rotateUnderLoad(cluster);
    const { calls, failed, renewed, ports, stillTrusting, newcomerUsed } = rotation;
    return {
      value: {
        attempts: refused.length,
        letIn,
        rightful: answered.length,
        keptOut,
        health,
        foreign: { calls: endings.length, told, ending: endings[0]?.foreign },
        rotation: { ...rotation, failed: failed.length, reasons: failed.slice(0, 3) },
      },
      limit: { letIn: 0, keptOut: 0, health: { otherAnswers: 0 }, told: 0, rotation: { failed: 0, stillTrusting: 0 } },
      pass:
        letIn.length === 0 &&
        keptOut.length === 0 &&
        health.serving === health.ports &&
        health.otherAnswers === 0 &&
        told.length === 0 &&
        calls > 0 &&
        failed.length === 0 &&
        renewed === ports &&
        stillTrusting === 0 &&
        newcomerUsed,
    };
  },
};
