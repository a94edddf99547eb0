import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaintsOf, orphansOf, traceOfFailover, traceText } from '../support/failover-trace.js';
import { anyNatsProgram } from '../support/nats-server.js';

test('a generation whose gateway is killed is one trace, and its resumed part is linked to the one before', async (t) => {
  const program = anyNatsProgram();
  if (program === undefined) return t.skip('no nats-server');
  const trace = await traceOfFailover(program);
  assert.deepEqual(complaintsOf(trace), [], traceText(trace.spans));
  // The check itself: a parent of a process that lives on is missed.
  const { spans } = trace;
  const ofParent = new Set(spans.map(({ parentSpanId }) => parentSpanId));
  const parent = spans.find(
    ({ spanId, resource }) => ofParent.has(spanId) && resource['service.instance.id'] !== trace.killed,
  );
  assert.ok(parent);
  assert.ok(orphansOf({ ...trace, spans: spans.filter((span) => span !== parent) }).length > 0);
});
