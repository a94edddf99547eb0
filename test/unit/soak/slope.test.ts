import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slopeOf } from '../../soak/slope.js';

test('a line has its slope and no doubt; what only varies has a bound above nothing', () => {
  const line = slopeOf([0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x })));
  assert.ok(Math.abs(line.slope - 2) < 1e-12 && Math.abs(line.upper - 2) < 1e-6);
  const varies = slopeOf([1, -1, -1, 1].map((y, x) => ({ x, y })));
  assert.ok(Math.abs(varies.slope) < 1e-12);
  // Residuals of 4 in all, two degrees of freedom, a spread of 5: 1.96 · √(4 / 2 / 5).
  assert.ok(Math.abs(varies.upper - 1.96 * Math.sqrt(0.4)) < 1e-12);
});
