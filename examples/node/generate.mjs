// Makes one image and writes it. node examples/node/generate.mjs "a red apple" apple.png
import { writeFile } from 'node:fs/promises';
import { connect } from '@tessera/client';

const [prompt = 'a red apple', file = 'apple.png'] = process.argv.slice(2);
const client = connect({ address: process.env.TESSERA_ADDRESS ?? '127.0.0.1:8470' });

for await (const event of client.generate({ prompt, seed: 7, preview: { everySteps: 5 } })) {
  switch (event.type) {
    case 'accepted':
      console.log(`accepted ${event.generationId}, seed ${event.plan.seed}`);
      break;
    case 'progress':
      console.log(`step ${event.stepIndex + 1}/${event.steps}`);
      break;
    case 'preview':
      console.log(`preview of ${event.image.sizeBytes} bytes after step ${event.stepIndex + 1}`);
      break;
    case 'completed': {
      const [{ image, receipt }] = event.images;
      // Small images come inside the event; imageBytes fetches the others, and checks the sha256 of both.
      await writeFile(file, await client.imageBytes(event.generationId, image));
      console.log(`wrote ${file}, pixels ${receipt.imageSha256}`);
      break;
    }
    case 'failed':
      console.error(`failed: ${event.code}: ${event.message}`);
      process.exitCode = 1;
  }
}
client.close();
