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
- nats://{{ $name }}:4222
- --nats-monitor
- http://{{ $name }}:8222
- --nats-replicas
- {{ ternary 3 1 (ge (int .Values.nats.replicas) 3) | quote }}
{{- else if eq .Values.nats.mode "external" -}}
- --nats
- {{ join "," .Values.nats.external.urls | quote }}
{{- with .Values.nats.external.monitorUrl }}
- --nats-monitor
- {{ . }}
{{- end }}
- --nats-replicas
- {{ .Values.nats.external.copies | quote }}
{{- end -}}
{{- end }}
