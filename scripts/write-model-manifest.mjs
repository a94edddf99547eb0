// Writes the manifest of a model folder that lives in the repository, such as
// models/emoji, after its files have changed:
//
//   npm run build && node scripts/write-model-manifest.mjs models/emoji
//
// A stored model gets its manifest from `tessera models add` instead.
import { createManifest, inspectModel, writeManifest } from '../packages/models/dist/index.js';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0) {
  console.error('usage: node scripts/write-model-manifest.mjs FOLDER');
  process.exit(2);
}
// A git checkout or a container layer may lay files out with hard links.
const manifest = await createManifest(folder, inspectModel(folder), { hardLinks: 'allowed' });
await writeManifest(folder, manifest);
console.log(`${manifest.sha256}  ${manifest.files.length} files, ${manifest.documents.length} documents`);
