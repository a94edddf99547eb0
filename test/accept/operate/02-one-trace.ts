import { complaintsOf, orphansOf, traceOfFailover } from '../../support/failover-trace.js';
import { anyNatsProgram } from '../../support/nats-server.js';
import type { AcceptancePoint } from '../point.js';

export const oneTracePoint: AcceptancePoint = {
  id: 'operate.2',
  title: 'a generation whose gateway is killed is one trace; a parent is missing only if its process was killed',
  run: async () => {
    const program = anyNatsProgram();
    if (program === undefined) throw new Error('no nats-server');
    const trace = await traceOfFailover(program);
    const complaints = complaintsOf(trace);
    const { spans } = trace;
    return {
      value: {
        spans: spans.length,
        traces: new Set(spans.map(({ traceId }) => traceId)).size,
        processes: new Set(spans.map(({ resource }) => resource['service.instance.id'])).size,
        orphans: orphansOf(trace).length,
        complaints,
      },
      limit: { traces: 1, orphans: 0, complaints: [] },
      pass: complaints.length === 0,
    };
  },
};
