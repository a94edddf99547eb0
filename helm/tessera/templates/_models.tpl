{{/* Containers that fill and check the store before a worker starts. */}}
{{- define "tessera.modelContainers" -}}
{{- $root := . -}}
{{- $models := .Values.models -}}
{{- $commandLine := include "tessera.image" (dict "root" $root "image" .Values.commandLine.image) -}}
{{- if eq $models.source "init" }}
- name: fetch-models
  image: {{ $models.init.image | default $commandLine }}
  imagePullPolicy: {{ .Values.images.pullPolicy }}
  {{- with $models.init.command }}
  command:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $models.init.args }}
  args:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $models.init.env }}
  env:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "tessera.containerSecurity" . | nindent 4 }}
  resources:
    {{- toYaml $models.init.resources | nindent 4 }}
  volumeMounts:
    - name: models
      mountPath: /var/lib/tessera/models
    {{- include "tessera.tmpMount" . | nindent 4 }}
    {{- with $models.init.volumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
{{- if $models.check }}
{{- range $index, $model := $models.serve }}
{{- if or $model.sha256 (ne $models.source "builtIn") }}
- name: check-model-{{ $index }}
  image: {{ $commandLine }}
  imagePullPolicy: {{ $root.Values.images.pullPolicy }}
  args:
    - models
    - verify
    - {{ $model.name }}
    {{- with $model.sha256 }}
    - --sha256
    - {{ . }}
    {{- end }}
  env:
    - name: TESSERA_HOME
      value: /var/lib/tessera
  securityContext:
    {{- include "tessera.containerSecurity" $root | nindent 4 }}
  resources:
    {{- toYaml $models.checkResources | nindent 4 }}
  volumeMounts:
    {{- include "tessera.tmpMount" $root | nindent 4 }}
    {{- include "tessera.modelMount" $root | nindent 4 }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "tessera.modelMount" -}}
{{- if ne .Values.models.source "builtIn" }}
- name: models
  mountPath: /var/lib/tessera/models
  readOnly: true
  {{- if and (eq .Values.models.source "claim") .Values.models.claim.subPath }}
  subPath: {{ .Values.models.claim.subPath }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "tessera.modelVolumes" -}}
{{- $models := .Values.models -}}
{{- if eq $models.source "claim" }}
- name: models
  persistentVolumeClaim:
    claimName: {{ $models.claim.name }}
    readOnly: true
{{- else if eq $models.source "image" }}
- name: models
  image:
    reference: {{ $models.image.reference }}
    pullPolicy: {{ $models.image.pullPolicy }}
{{- else if eq $models.source "init" }}
- name: models
  emptyDir:
    sizeLimit: {{ $models.init.sizeLimit }}
{{- with $models.init.volumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end }}
