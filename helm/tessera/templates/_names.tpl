{{- define "tessera.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "tessera.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "tessera.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "tessera.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* What pods of one component are found by. Takes (dict "root" $ "component" "denoiser"), as the next does. */}}
{{- define "tessera.selector" -}}
app.kubernetes.io/name: {{ include "tessera.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "tessera.labels" -}}
{{ include "tessera.selector" . }}
app.kubernetes.io/part-of: tessera
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tessera.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "tessera.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{/* Takes (dict "root" $ "image" .Values.denoiser.image). */}}
{{- define "tessera.image" -}}
{{- $registry := .root.Values.images.registry -}}
{{- $tag := .image.tag | default .root.Values.images.tag | default .root.Chart.AppVersion -}}
{{- if $registry }}{{ trimSuffix "/" $registry }}/{{ end -}}
{{- .image.repository -}}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ $tag }}{{ end -}}
{{- end }}

{{/* Where gateways find the Bus, and how many copies it keeps. */}}
{{- define "tessera.natsArgs" -}}
{{- $name := printf "%s-nats" (include "tessera.fullname" .) -}}
{{- if eq .Values.nats.mode "own" -}}
- --nats
- {{ ternary "tls" "nats" .Values.tls.enabled }}://{{ $name }}:4222
{{- if .Values.tls.enabled }}
- --nats-ca
- /etc/tessera/peer/ca.crt
{{- end }}
- --nats-monitor
- http://{{ $name }}:8222
- --nats-replicas
- {{ ternary 3 1 (ge (int .Values.nats.replicas) 3) | quote }}
{{- else if eq .Values.nats.mode "external" -}}
- --nats
- {{ join "," .Values.nats.external.urls | quote }}
{{- if .Values.nats.external.caSecretName }}
- --nats-ca
- /etc/tessera/nats-ca/ca.crt
{{- end }}
{{- with .Values.nats.external.monitorUrl }}
- --nats-monitor
- {{ . }}
{{- end }}
- --nats-replicas
- {{ .Values.nats.external.copies | quote }}
{{- end -}}
{{- if and .Values.nats.credentials.secretName (ne .Values.nats.mode "none") }}
- --nats-credentials
- /etc/tessera/nats/{{ .Values.nats.credentials.key }}
{{- end -}}
{{- end }}

{{- define "tessera.natsMounts" -}}
{{- if and .Values.nats.credentials.secretName (ne .Values.nats.mode "none") }}
- name: nats-credentials
  mountPath: /etc/tessera/nats
  readOnly: true
{{- end }}
{{- if and .Values.nats.external.caSecretName (eq .Values.nats.mode "external") }}
- name: nats-ca
  mountPath: /etc/tessera/nats-ca
  readOnly: true
{{- end }}
{{- end }}

{{- define "tessera.natsVolumes" -}}
{{- if and .Values.nats.credentials.secretName (ne .Values.nats.mode "none") }}
- name: nats-credentials
  secret:
    secretName: {{ .Values.nats.credentials.secretName }}
{{- end }}
{{- if and .Values.nats.external.caSecretName (eq .Values.nats.mode "external") }}
- name: nats-ca
  secret:
    secretName: {{ .Values.nats.external.caSecretName }}
{{- end }}
{{- end }}
