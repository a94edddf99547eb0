{{/*
What every pod has, of the "restricted" Pod Security profile.
Takes (dict "root" $ "component" "denoiser" "values" .Values.denoiser).
*/}}
{{- define "tessera.podSpec" -}}
{{- $root := .root -}}
serviceAccountName: {{ include "tessera.serviceAccount" $root }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $root.Values.podSecurity.runAsUser }}
  runAsGroup: {{ $root.Values.podSecurity.runAsGroup }}
  fsGroup: {{ $root.Values.podSecurity.fsGroup }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with $root.Values.images.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where pods go. Takes what "tessera.podSpec" takes. */}}
{{- define "tessera.placement" -}}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .values.topologySpread.enabled }}
topologySpreadConstraints:
  - maxSkew: {{ .values.topologySpread.maxSkew }}
    topologyKey: {{ .values.topologySpread.topologyKey }}
    whenUnsatisfiable: {{ .values.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "tessera.selector" (dict "root" .root "component" .component) | nindent 8 }}
{{- end }}
{{- end }}

{{- define "tessera.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* What Tessera's own processes are told in the same way. */}}
{{- define "tessera.sharedArgs" -}}
- --log-level
- {{ .Values.logLevel }}
- --grace
- {{ .Values.drainSeconds }}s
{{- end }}

{{/* Draining, and a margin for the last answers and for connections that hang. */}}
{{- define "tessera.terminationSeconds" -}}
{{- add .preStop .root.Values.drainSeconds 8 -}}
{{- end }}

{{/* Where a process serves metrics, as a variable: an older program passes over it with a warning. */}}
{{- define "tessera.metricsEnv" -}}
{{- if .Values.monitoring.metrics.enabled }}
- name: TESSERA_METRICS_LISTEN
  value: {{ printf "%s:9464" .Values.listenHost | quote }}
{{- end }}
{{- end }}

{{- define "tessera.metricsContainerPort" -}}
{{- if .Values.monitoring.metrics.enabled }}
- name: metrics
  containerPort: 9464
{{- end }}
{{- end }}

{{- define "tessera.metricsServicePort" -}}
{{- if .Values.monitoring.metrics.enabled }}
- name: metrics
  port: 9464
  targetPort: metrics
{{- end }}
{{- end }}

{{/* By it the ServiceMonitor finds the Services that list pods. */}}
{{- define "tessera.metricsLabel" -}}
{{- if .Values.monitoring.metrics.enabled }}
tessera/metrics: 'true'
{{- end }}
{{- end }}

{{- define "tessera.metricsIngress" -}}
{{- if .Values.monitoring.metrics.enabled }}
- ports:
    - port: 9464
      protocol: TCP
  {{- with .Values.networkPolicy.metricsClients }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "tessera.tmpVolume" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- end }}

{{- define "tessera.tmpMount" -}}
- name: tmp
  mountPath: /tmp
{{- end }}
