import assert from 'node:assert/strict';
import { test } from 'node:test';
import { painterFor, progressLine, readableMs, StepRate } from '@tessera/cli';
import sharp from 'sharp';

const twoColours = () =>
  sharp(Buffer.from([255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255]), { raw: { width: 2, height: 2, channels: 3 } })
    .png()
    .toBuffer();

/** Escapes as letters, so that an expectation can be read. */
const readable = (text: string | undefined) => (text ?? '').replaceAll('\x1b', 'ESC');

test('half-blocks: the upper pixel in front, the lower one behind', async () => {
  const paint = painterFor('auto', { TERM: 'xterm-256color', COLORTERM: 'truecolor' });
  const drawing = await paint?.(await twoColours(), 2);
  assert.equal(drawing?.lines, 1);
  assert.equal(readable(drawing?.text), `${'ESC[38;2;255;0;0;48;2;0;0;255m▀'.repeat(2)}ESC[0m\n`);
});

test('without truecolor the 256-colour cube is used', async () => {
  const paint = painterFor('blocks', { TERM: 'xterm-256color' });
  const drawing = await paint?.(await twoColours(), 2);
  assert.equal(readable(drawing?.text), `${'ESC[38;5;196;48;5;21m▀'.repeat(2)}ESC[0m\n`);
});

test('kitty and iTerm2 get the image itself; blocks and off are obeyed', async () => {
  const png = await twoColours();
  const kitty = await painterFor('auto', { TERM: 'xterm-kitty' })?.(png, 10);
  assert.match(readable(kitty?.text), /^ESC_Ga=T,f=100,.*c=10,r=5,m=0;iVBORw0KGgo/);
  const iterm = await painterFor('auto', { TERM_PROGRAM: 'iTerm.app' })?.(png, 10);
  assert.match(readable(iterm?.text), /^ESC\]1337;File=inline=1;.*width=10;height=5;/);
  const blocks = await painterFor('blocks', { TERM: 'xterm-kitty' })?.(png, 10);
  assert.ok(blocks?.text.includes('▀'));
  assert.equal(painterFor('off', { TERM: 'xterm-kitty' }), undefined);
});

test('the progress line tells step, rate and time left', () => {
  const rate = new StepRate();
  rate.tick(1000);
  assert.equal(rate.perSecond(1000), undefined);
  rate.tick(1500);
  const progress = { imageIndex: 1, stepIndex: 11, steps: 20, remainingMs: 4000 };
  assert.equal(progressLine(progress, 1, rate.perSecond(1500)), 'step 12/20  2.0 steps/s  4.0 s left');
  assert.equal(progressLine(progress, 4, undefined), 'image 2/4  step 12/20  4.0 s left');
  assert.deepEqual([400, 12_400, 185_000].map(readableMs), ['0.4 s', '12 s', '3 min 5 s']);
});
