import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../support/paths.js';

const WORKER = ['--model', join(repoRoot, 'models/emoji'), '--device', 'cpu'];
const GATEWAY = ['--listen', '127.0.0.1:0', '--health-listen', '127.0.0.1:0'];
const DENOISER = 'services/denoiser/dist/main.js';

/** A program, what it is told, and the setting that its refusal names. */
const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
  [DENOISER, [...WORKER, '--listen', '0.0.0.0:0'], '--listen'],
  [DENOISER, [...WORKER, '--metrics-listen', '0.0.0.0:0'], '--metrics-listen'],
  [DENOISER, [...WORKER, '--denoiser-parts', '10.0.0.1:8472'], '--denoiser-parts'],
  ['services/decoder/dist/main.js', [...WORKER, '--peer-ca', 'ca.crt'], '--peer-cert'],
  ['gateway/dist/main.js', ['--listen', '0.0.0.0:0'], '--listen'],
  ['gateway/dist/main.js', [...GATEWAY, '--metrics-listen', '0.0.0.0:0'], '--metrics-listen'],
  ['gateway/dist/main.js', [...GATEWAY, '--denoisers', 'denoisers:8472'], '--denoisers'],
  ['gateway/dist/main.js', [...GATEWAY, '--nats', 'nats://nats:4222'], '--nats'],
  ['gateway/dist/main.js', [...GATEWAY, '--nats', 'nats://127.0.0.1:1,tls://127.0.0.1:1'], '--nats'],
];

for (const [program, args, field] of REFUSED) {
  test(`${program} ${args.slice(-2).join(' ')} is refused by ${field}`, () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [join(repoRoot, program), ...args], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.equal(status, 2, stderr);
    assert.equal(stdout, '');
    assert.equal(JSON.parse(stderr.trim().split('\n').at(-1) ?? '').field, field);
  });
}
