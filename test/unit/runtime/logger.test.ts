import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invalidField, TesseraError } from '@tessera/core';
import { type Logger, loggerOn } from '@tessera/runtime';

/** Logs something and returns the lines as objects. */
function logged(write: (log: Logger) => void, level = 'info'): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  write(loggerOn({ write: (line) => lines.push(JSON.parse(line)) }, 'gateway', level));
  return lines;
}

test('a line holds time, level, msg and service, and what it is about', () => {
  const [line] = logged((log) =>
    log.child({ generation_id: 'g1', trace_id: 't1' }).info('accepted', { evaluations: 40 }),
  );
  const { time, ...rest } = line ?? {};
  assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
  assert.deepEqual(rest, {
    level: 'info',
    service: 'gateway',
    generation_id: 'g1',
    trace_id: 't1',
    evaluations: 40,
    msg: 'accepted',
  });
});

test('lines below the level are left out, also when it changes', () => {
  const lines = logged((log) => {
    log.info('too little');
    log.warn('enough');
    log.level = 'debug';
    log.debug('now enough');
  }, 'warn');
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['enough', 'now enough'],
  );
});

test('a failure is told with its code; one that is a bug with its stack', () => {
  const [expected, bug, wrapped] = logged((log) => {
    log.error('failed', new TesseraError('unavailable', 'no denoiser', { reason: 'NO_WORKER' }));
    log.error('failed', new RangeError('off by one'));
    log.error('failed', TesseraError.from(new RangeError('off by two')));
  });
  assert.deepEqual([expected?.error, expected?.code, expected?.reason], ['no denoiser', 'unavailable', 'NO_WORKER']);
  assert.match(String(bug?.error), /off by one\n\s+at .*logger\.test/);
  assert.match(String(wrapped?.stack), /off by two\n\s+at .*logger\.test/);
});

test('no prompt is logged, neither as a field nor in a refusal', () => {
  const secret = 'a portrait of somebody';
  const lines = logged((log) => {
    log.info('accepted', { prompt: secret, negative_prompt: secret, negativePrompt: secret, steps: 20 });
    log.child({ prompt: secret }).info('running');
    log.error('refused', invalidField('prompt', 'must have at most 5 characters', secret));
    log.error('refused', invalidField('negative_prompt', 'must have at most 5 characters', secret));
    log.error('refused', invalidField('steps', 'must be at least 1', 0));
  });
  assert.equal(lines.length, 5);
  assert.ok(!JSON.stringify(lines).includes('portrait'));
  assert.equal(lines[0]?.steps, 20);
  assert.equal(lines[2]?.field, 'prompt');
  assert.equal(lines[4]?.error, 'steps must be at least 1; got 0');
});
