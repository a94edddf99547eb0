import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartTools, tryRender } from '../../support/chart.js';

/** What is set, and what helm has to say of it: where, and what would be right. */
const REFUSED: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
  [{ 'denoiser.replicas': 'two' }, /\/denoiser\/replicas.*got string, want integer/],
  [{ 'denoiser.replicas': 0 }, /\/denoiser\/replicas.*minimum/],
  [{ 'denoiser.replica': 2 }, /\/denoiser.*additional properties 'replica' not allowed/],
  [{ denoisers: {} }, /additional properties 'denoisers' not allowed/],
  [{ 'denoiser.device': 'gpu' }, /\/denoiser\/device.*does not match pattern/],
  [{ 'denoiser.resources.limits.memory': '4 GB' }, /\/denoiser\/resources\/limits\/memory.*does not match pattern/],
  [{ 'denoiser.resources.limits.memory': null }, /\/denoiser\/resources\/limits.*missing property 'memory'/],
  [{ 'denoiser.autoscaling.min': 0 }, /\/denoiser\/autoscaling\/min.*minimum/],
  [{ 'denoiser.autoscaling.kind': 'vpa' }, /\/denoiser\/autoscaling\/kind.*must be one of 'none', 'hpa', 'keda'/],
  [{ 'denoiser.tolerations': [{ key: 'gpu', effect: 'Never' }] }, /\/denoiser\/tolerations\/0\/effect/],
  [{ 'denoiser.podDisruptionBudget.maxUnavailable': 0 }, /\/denoiser\/podDisruptionBudget\/maxUnavailable.*minimum/],
  [{ 'gateway.settings.maxQueuedWork': 300 }, /\/gateway\/settings\/maxQueuedWork.*got number, want string/],
  [{ 'gateway.settings.maxQueuedWork': '5 minutes' }, /\/gateway\/settings\/maxQueuedWork.*does not match pattern/],
  [{ 'gateway.settings.queue': 1 }, /\/gateway\/settings.*additional properties 'queue' not allowed/],
  [{ 'gateway.service.type': 'External' }, /\/gateway\/service\/type/],
  [{ 'nats.mode': 'maybe' }, /\/nats\/mode.*must be one of 'none', 'own', 'external'/],
  [{ 'nats.replicas': 2 }, /\/nats\/replicas.*must be one of 1, 3, 5/],
  [{ 'nats.external.urls': ['nats://user:secret@nats:4222'] }, /\/nats\/external\/urls\/0.*does not match pattern/],
  [{ 'models.serve': [] }, /\/models\/serve.*minItems/],
  [{ 'models.serve': [{ name: '../etc' }] }, /\/models\/serve\/0\/name.*does not match pattern/],
  [{ 'models.serve': [{ name: 'emoji', sha256: 'abc' }] }, /\/models\/serve\/0\/sha256.*does not match pattern/],
  [{ 'podSecurity.runAsUser': 0 }, /\/podSecurity\/runAsUser.*minimum/],
  [{ logLevel: 'verbose' }, /\/logLevel.*must be one of 'debug', 'info'/],
  [{ 'gateway.replicas': 2 }, /gateway\.replicas above 1.* set nats\.mode to own or external/],
  [{ 'gateway.autoscaling.kind': 'hpa' }, /set nats\.mode to own or external/],
  [{ 'nats.mode': 'external' }, /needs nats\.external\.urls/],
  [{ 'denoiser.device': 'cuda:0' }, /denoiser\.device cuda:0 needs denoiser\.gpu\.count of at least 1/],
  [{ 'denoiser.parts': 0 }, /\/denoiser\/parts.*minimum/],
  [{ 'denoiser.parts': 65 }, /\/denoiser\/parts.*maximum/],
  [{ 'decoder.parts': 2 }, /\/decoder\/parts/],
  [
    { 'denoiser.parts': 2, 'denoiser.autoscaling.kind': 'hpa' },
    /denoiser\.parts above 1 needs denoiser\.autoscaling\.kind none/,
  ],
  [{ 'models.source': 'claim' }, /models\.source claim needs models\.claim\.name/],
  [{ 'models.source': 'image' }, /models\.source image needs models\.image\.reference/],
  [{ 'models.source': 'init' }, /models\.source init needs models\.init\.command or models\.init\.args/],
  [{ 'monitoring.serviceMonitor.enabled': true }, /needs monitoring\.metrics\.enabled/],
  [{ 'gateway.insecure': false }, /gateway\.insecure false needs tls\.enabled, gateway\.tls\.secretName and/],
  [
    { 'tls.enabled': true, 'monitoring.metrics.enabled': true, 'monitoring.serviceMonitor.enabled': true },
    /needs monitoring\.serviceMonitor\.tlsSecretName/,
  ],
  [{ 'tls.domain': 'no domain' }, /\/tls\/domain.*does not match pattern/],
  [{ 'gateway.ingress.enabled': true }, /needs gateway\.ingress\.hosts/],
  [{ 'gateway.grpcRoute.enabled': true }, /needs gateway\.grpcRoute\.parentRefs/],
];

for (const [set, complaint] of REFUSED) {
  test(`${JSON.stringify(set)} is refused, and why is readable`, async (t) => {
    const tools = chartTools(t, 'helm');
    if (tools === undefined) return;
    const { code, stderr } = await tryRender(tools.helm, { set });
    assert.notEqual(code, 0);
    assert.match(stderr.replaceAll(/\s+/g, ' '), complaint);
  });
}
