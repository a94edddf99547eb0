import type { Container, Manifest, Pod, PodSpec } from './chart.js';

/**
 * What a pod does against the "restricted" Pod Security Standard
 * (kubernetes.io/docs/concepts/security/pod-security-standards, v1.35) and this
 * project's own rules: a root that is read only, no token, limits, and probes
 * of everything that serves.
 */
export function violationsOf(pod: Pod): readonly string[] {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const found = [
    ...podViolations(pod.spec),
    ...containers.flatMap((container) => containerViolations(container, pod.spec)),
    ...(pod.serves ? pod.spec.containers.flatMap(probeViolations) : []),
  ];
  return found.map((violation) => `${pod.name}: ${violation}`);
}

const RESTRICTED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

function podViolations(spec: PodSpec): string[] {
  const found: string[] = [];
  for (const shared of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
    if (spec[shared] === true) found.push(`${shared} is shared`);
  }
  if (spec.automountServiceAccountToken !== false) found.push('a service account token is mounted');
  for (const { name, ...source } of spec.volumes ?? []) {
    const [kind = 'emptyDir'] = Object.keys(source);
    if (!RESTRICTED_VOLUMES.includes(kind)) found.push(`volume ${name} is of kind ${kind}`);
  }
  if ('sysctls' in (spec.securityContext ?? {})) found.push('sysctls are set');
  return found;
}

function containerViolations(container: Container, pod: PodSpec): string[] {
  const found: string[] = [];
  const own = container.securityContext ?? {};
  const effective = (key: string) => own[key] ?? pod.securityContext?.[key];
  if (own.privileged === true) found.push('is privileged');
  if (own.allowPrivilegeEscalation !== false) found.push('may gain privileges');
  if (effective('runAsNonRoot') !== true) found.push('may run as root');
  if (!(Number(effective('runAsUser')) > 0)) found.push('has no user id of its own');
  if (own.readOnlyRootFilesystem !== true) found.push('has a root that can be written');
  const capabilities = (own.capabilities ?? {}) as { add?: string[]; drop?: string[] };
  if (!capabilities.drop?.includes('ALL')) found.push('keeps capabilities');
  if (capabilities.add?.some((name) => name !== 'NET_BIND_SERVICE')) found.push('adds capabilities');
  const seccomp = (effective('seccompProfile') as { type?: string } | undefined)?.type;
  if (seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost') found.push('has no seccomp profile');
  for (const resource of ['cpu', 'memory']) {
    if (container.resources?.limits?.[resource] === undefined) found.push(`has no limit of ${resource}`);
    if (container.resources?.requests?.[resource] === undefined) found.push(`requests no ${resource}`);
  }
  if (/:latest$|^[^:@]+$/.test(container.image)) found.push(`image ${container.image} is of no version`);
  return found.map((violation) => `${container.name} ${violation}`);
}

function probeViolations({ name, ...container }: Container): string[] {
  const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
  return probes.filter((probe) => container[probe] === undefined).map((probe) => `${name} has no ${probe}`);
}

type Direction = 'Ingress' | 'Egress';

interface Policy {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly types: readonly Direction[];
  readonly rules: Readonly<Record<Direction, readonly unknown[]>>;
}

/** Pods that no policy closes in a direction with a rule that lets nothing through. */
export function openPods(manifests: readonly Manifest[], pods: readonly Pod[]): readonly string[] {
  const policies = manifests
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(
      ({ spec }): Policy => ({
        matchLabels: spec.podSelector.matchLabels ?? {},
        types: spec.policyTypes,
        rules: { Ingress: spec.ingress ?? [], Egress: spec.egress ?? [] },
      }),
    );
  return pods.flatMap(({ name, labels }) =>
    (['Ingress', 'Egress'] as const)
      .filter((direction) => {
        const closing = policies.filter(
          ({ types, rules }) => types.includes(direction) && rules[direction].length === 0,
        );
        return !closing.some(({ matchLabels }) => selects(matchLabels, labels));
      })
      .map((direction) => `${name} is open in ${direction}`),
  );
}

/** Whether a selector's labels are all among a pod's. */
export function selects(
  matchLabels: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
