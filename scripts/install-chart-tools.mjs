// Builds what checks helm/tessera, helm and kubeconform, into .tools; both come as Go modules.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const TOOLS = {
  helm: 'helm.sh/helm/v4/cmd/helm@v4.1.4',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0',
};

const folder = join(import.meta.dirname, '../.tools');
for (const [name, module] of Object.entries(TOOLS)) {
  if (existsSync(join(folder, name))) continue;
  const { status, error } = spawnSync('go', ['install', module], {
    env: { ...process.env, GOBIN: folder },
    stdio: 'inherit',
  });
  if (status === 0) continue;
  console.error(`${name} could not be built${error ? ` (${error.message}); Go is needed` : ''}: go install ${module}`);
  process.exit(1);
}
