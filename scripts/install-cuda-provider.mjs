// Fetches the CUDA provider of ONNX Runtime, which .npmrc leaves out of `npm install`: it is large, comes from
// NuGet, and is of use only beside an NVIDIA GPU with CUDA 12 and cuDNN 9.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const packageFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
const provider = join(packageFolder, 'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so');

if (process.platform !== 'linux' || process.arch !== 'x64') {
  fail(`ONNX Runtime has a CUDA provider for linux/x64 alone, not for ${process.platform}/${process.arch}.`);
}

const { status, error } = spawnSync(process.execPath, [join(packageFolder, 'script/install')], {
  env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'cuda12' },
  stdio: ['ignore', 'inherit', 'inherit'],
});

if (error) fail(`The installer of onnxruntime-node did not start: ${error.message}`);
if (status !== 0 || !existsSync(provider)) {
  fail(
    'The CUDA provider could not be fetched: the installer of onnxruntime-node downloads it from api.nuget.org, ' +
      'which must be reachable (behind a proxy, set GLOBAL_AGENT_HTTPS_PROXY).',
  );
}
console.log(`The CUDA provider is installed: ${provider}\nStart workers with --device cuda:0.`);

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
