// Stops a generation after five steps, by leaving its stream. node examples/node/cancel.mjs
import { connect } from '@tessera/client';

const client = connect({ address: process.env.TESSERA_ADDRESS ?? '127.0.0.1:8470' });

let generationId;
for await (const event of client.generate({ prompt: 'a rocket', steps: 200 })) {
  generationId = event.generationId;
  // Leaving the loop cancels the generation and waits for the answer. An AbortSignal does the same from outside:
  // client.generate(request, { signal }); and client.cancel(generationId) from anywhere.
  if (event.type === 'progress' && event.stepIndex === 4) break;
}

const { state, result } = await client.getGeneration(generationId);
console.log(`${state} after ${result?.type === 'cancelled' ? result.stepIndex : '?'} steps`);
client.close();
