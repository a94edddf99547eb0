import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { repoRoot } from './paths.js';

export const CHART = join(repoRoot, 'helm/tessera');
/** Of every example of the chart. */
export const VALUES_FILES = ['small', 'gpu', 'production'].map((name) => join(CHART, `ci/values-${name}.yaml`));

/** Where an executable is: in .tools, where the install scripts put it, or on PATH. */
export function toolPath(name: string): string | undefined {
  const places = [join(repoRoot, '.tools'), ...(process.env.PATH ?? '').split(delimiter)];
  return places.map((place) => join(place, name)).find((file) => existsSync(file));
}

/** The tools' paths; a test without one of them is skipped and says on stderr what was not tested. */
export function chartTools<const Name extends string>(
  t: TestContext,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> | undefined {
  const missing = names.filter((name) => toolPath(name) === undefined);
  if (missing.length > 0) {
    const reason = `no ${missing.join(', ')}: npm run chart:install`;
    process.stderr.write(`NOT TESTED: ${t.name}: ${reason}\n`);
    t.skip(reason);
    return undefined;
  }
  return Object.fromEntries(names.map((name) => [name, toolPath(name)])) as Record<Name, string>;
}

export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runTool(file: string, args: readonly string[], input = ''): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { maxBuffer: 2 ** 26, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

export interface RenderOptions {
  readonly values?: readonly string[];
  /** `key=value`, as after helm's --set; the value is read as JSON. */
  readonly set?: Readonly<Record<string, unknown>>;
}

function templateArgs({ values = [], set = {} }: RenderOptions): readonly string[] {
  const files = values.flatMap((file) => ['--values', file]);
  const settings = Object.entries(set).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
  return ['template', 'release', CHART, '--namespace', 'space', ...files, ...settings];
}

/** What helm says to these values, right or wrong. */
export function tryRender(helm: string, options: RenderOptions = {}): Promise<ToolResult> {
  return runTool(helm, templateArgs(options));
}

/** @throws Error with what helm says, when the values are refused. */
export async function renderChart(helm: string, options: RenderOptions = {}): Promise<readonly Manifest[]> {
  const { code, stdout, stderr } = await tryRender(helm, options);
  if (code !== 0) throw new Error(stderr);
  return manifestsFromText(stdout);
}

export function manifestsFromText(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** As much of a Kubernetes object as the tests read. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a spec of its own.
  readonly spec: any;
  readonly data?: Readonly<Record<string, string>>;
}

export interface Probe {
  readonly grpc?: { readonly port: number; readonly service?: string };
  readonly httpGet?: { readonly path: string; readonly port: string | number };
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string | number>>;
    readonly limits?: Readonly<Record<string, string | number>>;
  };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly terminationGracePeriodSeconds?: number;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
}

export interface Pod {
  /** `Deployment/release-tessera-gateway` */
  readonly name: string;
  readonly component: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it goes on until it is stopped. */
  readonly serves: boolean;
  readonly spec: PodSpec;
}

/** Every pod that these manifests bring about. */
export function podsOf(manifests: readonly Manifest[]): readonly Pod[] {
  return manifests.flatMap(({ kind, metadata, spec }) => {
    const template = kind === 'Pod' ? { metadata, spec } : spec?.template;
    if (template?.spec?.containers === undefined) return [];
    const labels = template.metadata.labels ?? {};
    const component = labels['app.kubernetes.io/component'] ?? '';
    return [{ name: `${kind}/${metadata.name}`, component, labels, serves: kind !== 'Pod', spec: template.spec }];
  });
}
