// Writes test/fixtures/kubernetes-schemas: JSON schemas of the Kubernetes kinds
// that helm/tessera renders, cut from what the Go modules of Kubernetes, KEDA,
// the Prometheus operator and the Gateway API publish, so that charts can be
// checked without a network. Needs Go; run it to move to other versions.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const KUBERNETES = 'k8s.io/kubernetes@v1.35.4';
const KEDA = 'github.com/kedacore/keda/v2@v2.20.2';
const PROMETHEUS_OPERATOR = 'github.com/prometheus-operator/prometheus-operator@v0.85.0';
const GATEWAY_API = 'sigs.k8s.io/gateway-api@v1.6.3';

const KINDS = [
  'io.k8s.api.apps.v1.Deployment',
  'io.k8s.api.apps.v1.StatefulSet',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'io.k8s.api.core.v1.ConfigMap',
  'io.k8s.api.core.v1.Pod',
  'io.k8s.api.core.v1.Secret',
  'io.k8s.api.core.v1.Service',
  'io.k8s.api.core.v1.ServiceAccount',
  'io.k8s.api.networking.v1.Ingress',
  'io.k8s.api.networking.v1.NetworkPolicy',
  'io.k8s.api.policy.v1.PodDisruptionBudget',
];

const CUSTOM_RESOURCES = [
  [KEDA, 'config/crd/bases/keda.sh_scaledobjects.yaml'],
  [PROMETHEUS_OPERATOR, 'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml'],
  [PROMETHEUS_OPERATOR, 'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml'],
  [GATEWAY_API, 'config/crd/standard/gateway.networking.k8s.io_grpcroutes.yaml'],
];

/** The words of a schema that are kept. */
const KEPT = new Set(
  `$ref additionalProperties allOf anyOf const enum items maxItems maxLength maximum minItems minLength minimum not oneOf
  pattern properties required type`.split(/\s+/),
);

const outDir = join(import.meta.dirname, '../test/fixtures/kubernetes-schemas');
rmSync(outDir, { recursive: true, force: true });
mkdirSync(outDir, { recursive: true });

const { definitions } = JSON.parse(
  readFileSync(join(moduleFolder(KUBERNETES), 'api/openapi-spec/swagger.json'), 'utf8'),
);
for (const name of KINDS) {
  const [{ group, version, kind }] = definitions[name]['x-kubernetes-group-version-kind'];
  const closure = Object.fromEntries(reachable(name).map((each) => [each, builtInSchema(each)]));
  write({ group, version, kind }, { $ref: `#/definitions/${name}`, definitions: closure });
}
for (const [module, path] of CUSTOM_RESOURCES) {
  const { spec } = parse(readFileSync(join(moduleFolder(module), path), 'utf8'));
  for (const { name, schema, served } of spec.versions) {
    if (!served) continue;
    const { properties, ...rest } = schema.openAPIV3Schema;
    // The API server judges what every object has by itself, and a schema of it by its type alone.
    const whole = { ...rest, properties: { ...properties, metadata: { type: 'object' } } };
    write({ group: spec.group, version: name, kind: spec.names.kind }, strict(whole));
  }
}
writeFileSync(
  join(outDir, 'README.md'),
  `# Kubernetes schemas

JSON schemas of the kinds that \`helm/tessera\` renders, without descriptions and closed to unknown fields, written by
\`node scripts/kubernetes-schemas.mjs\` from ${[KUBERNETES, KEDA, PROMETHEUS_OPERATOR, GATEWAY_API].map((each) => `\`${each}\``).join(', ')}.
All four are licensed under Apache-2.0: copyright the Kubernetes authors, the KEDA authors, the prometheus-operator authors.
`,
);

function moduleFolder(module) {
  return JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' })).Dir;
}

function write({ group, version, kind }, schema) {
  const groupPart = group === '' ? '' : `-${group.split('.')[0]}`;
  const file = `${kind.toLowerCase()}${groupPart}-${version}.json`;
  const json = { $schema: 'http://json-schema.org/draft-07/schema#', ...schema };
  writeFileSync(join(outDir, file), `${JSON.stringify(json)}\n`);
}

function reachable(name, seen = new Set()) {
  if (seen.has(name)) return [];
  seen.add(name);
  JSON.stringify(definitions[name], (key, value) => {
    if (key === '$ref') reachable(value.slice('#/definitions/'.length), seen);
    return value;
  });
  return [...seen].sort();
}

function builtInSchema(name) {
  if (name === 'io.k8s.apimachinery.pkg.util.intstr.IntOrString') return { type: ['string', 'integer'] };
  if (name === 'io.k8s.apimachinery.pkg.api.resource.Quantity') return { type: ['string', 'number'] };
  const schema = definitions[name];
  const kind = schema['x-kubernetes-group-version-kind']?.[0];
  if (kind === undefined || !KINDS.includes(name)) return strict(schema);
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const properties = { ...schema.properties, apiVersion: { const: apiVersion }, kind: { const: kind.kind } };
  return strict({ ...schema, properties, required: [...(schema.required ?? []), 'apiVersion', 'kind'] });
}

/** What can be judged of a schema by itself, and nothing beyond the properties that it names. */
function strict(schema) {
  if (typeof schema !== 'object' || schema === null) return schema;
  const result = Object.fromEntries(Object.entries(schema).filter(([key]) => KEPT.has(key)));
  if (schema['x-kubernetes-int-or-string']) return { type: ['string', 'integer'] };
  for (const key of ['items', 'additionalProperties', 'not']) if (key in result) result[key] = strict(result[key]);
  for (const key of ['allOf', 'anyOf', 'oneOf']) if (key in result) result[key] = result[key].map(strictPart);
  if ('properties' in result) {
    result.properties = Object.fromEntries(
      Object.entries(result.properties).map(([key, value]) => [key, strict(value)]),
    );
    if (!('additionalProperties' in result) && !schema['x-kubernetes-preserve-unknown-fields']) {
      result.additionalProperties = false;
    }
  }
  if (schema.nullable && typeof result.type === 'string') result.type = [result.type, 'null'];
  return result;
}

/** One of several conditions on an object whose properties are named beside it. */
function strictPart(schema) {
  const { additionalProperties: _, ...rest } = strict(schema);
  return rest;
}
