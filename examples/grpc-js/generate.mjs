// The same without the client library: @grpc/grpc-js and the .proto files. node examples/grpc-js/generate.mjs
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const [prompt = 'a red apple', file = 'apple.png'] = process.argv.slice(2);
const address = process.env.TESSERA_ADDRESS ?? '127.0.0.1:8470';

const definition = loadSync('tessera/v1/generation_service.proto', {
  includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
  keepCase: true,
  longs: String,
  enums: String,
  oneofs: true,
});
const { GenerationService } = loadPackageDefinition(definition).tessera.v1;
const service = new GenerationService(address, credentials.createInsecure());

// With keep_for unset, ending this call in any way, a crash too, stops the generation.
const call = service.Generate({ prompt, seed: 7 });
try {
  for await (const { event } of call) {
    if (event.event === 'accepted') console.log(`accepted ${event.generation_id}, seed ${event.accepted.plan.seed}`);
    if (event.event === 'progress') console.log(`step ${event.progress.step_index + 1}/${event.progress.steps}`);
    if (event.event === 'completed') {
      const { image, receipt } = event.completed;
      // Beyond 512 KiB `data` is empty, and DownloadImage has the bytes.
      await writeFile(file, image.data);
      console.log(`wrote ${file}, pixels ${receipt.image_sha256}`);
    }
  }
} finally {
  // grpc-js lets a call run on when the loop is left.
  call.cancel();
  service.close();
}
