// Leaves a running generation and comes back to it, as after a crash of one's own. node examples/node/reconnect.mjs
//
// A connection that breaks by itself needs none of this: the client makes it again and the stream goes on.
import { connect } from '@tessera/client';

const address = process.env.TESSERA_ADDRESS ?? '127.0.0.1:8470';

// What a program would store: enough to go on from.
let bookmark;

const before = connect({ address });
for await (const event of before.generate({ prompt: 'a rocket', keepForMs: 60_000 }, { detach: true })) {
  const { generationId, sequence } = event;
  const stepIndex = event.type === 'progress' ? event.stepIndex : undefined;
  bookmark = { generationId, sequence, stepIndex };
  if (stepIndex === 4) break;
}
before.close();
console.log(`left after step ${bookmark.stepIndex + 1}`);

const after = connect({ address });
const { generationId, sequence: afterSequence, stepIndex: afterStep } = bookmark;
for await (const event of after.watch(generationId, { afterSequence, afterStep })) {
  if (event.type === 'progress') console.log(`step ${event.stepIndex + 1}/${event.steps}`);
  if (event.type === 'completed') console.log(`completed, pixels ${event.images[0].receipt.imageSha256}`);
}
after.close();
