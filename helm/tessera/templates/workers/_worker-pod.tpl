{{/*
The template of a worker's pods. Takes (dict "root" $ "component" "denoiser" "values" .Values.denoiser "service" what
health knows), and where they differ: "role" in certificates, "program", "args", "cache" that can be written, "ordinal" of
its StatefulSet.
*/}}
{{- define "tessera.workerPod" -}}
{{- $root := .root -}}
{{- $values := .values -}}
{{- $component := .component -}}
{{- $service := .service -}}
{{- $healthPort := ternary 8473 8472 $root.Values.tls.enabled -}}
metadata:
  labels:
    {{- include "tessera.labels" . | nindent 4 }}
  {{- with $root.Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "tessera.podSpec" . | nindent 2 }}
  {{- include "tessera.placement" . | nindent 2 }}
  {{- with $values.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
  terminationGracePeriodSeconds: {{ include "tessera.terminationSeconds" (dict "root" $root "preStop" 0) }}
  {{- with include "tessera.modelContainers" $root | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ $component }}
      image: {{ include "tessera.image" (dict "root" $root "image" $values.image) }}
      imagePullPolicy: {{ $root.Values.images.pullPolicy }}
      {{- with .program }}
      command: [node, {{ . }}]
      {{- end }}
      args:
        - --listen
        - {{ printf "%s:8472" $root.Values.listenHost | quote }}
        {{- range $root.Values.models.serve }}
        - --model
        - {{ .name }}
        {{- end }}
        - --device
        - {{ $values.device }}
        {{- if $root.Values.tls.enabled }}
        - --health-listen
        - {{ printf "%s:8473" $root.Values.listenHost | quote }}
        {{- include "tessera.peerArgs" . | trim | nindent 8 }}
        {{- else }}
        - --insecure
        {{- end }}
        {{- include "tessera.sharedArgs" $root | nindent 8 }}
        {{- with .args }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- with $values.extraArgs }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      env:
        - name: TESSERA_HOME
          value: /var/lib/tessera
        - name: TESSERA_WORKER_ID
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        {{- if .ordinal }}
        - name: ORDINAL
          valueFrom:
            fieldRef:
              fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
        {{- end }}
        - name: TESSERA_THREADS
          {{- if $values.threads }}
          value: {{ $values.threads | quote }}
          {{- else }}
          valueFrom:
            resourceFieldRef:
              resource: limits.cpu
          {{- end }}
        {{- with include "tessera.metricsEnv" $root | trim }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with $values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: grpc
          containerPort: 8472
        {{- if $root.Values.tls.enabled }}
        - name: health
          containerPort: 8473
        {{- end }}
        {{- with include "tessera.metricsContainerPort" $root | trim }}
        {{- . | nindent 8 }}
        {{- end }}
      startupProbe:
        grpc:
          port: {{ $healthPort }}
          service: {{ $service }}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: {{ max 1 (div $values.startupSeconds 5) }}
      readinessProbe:
        grpc:
          port: {{ $healthPort }}
          service: {{ $service }}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 3
      # The process as a whole serves for as long as its control loop turns, however long a run takes.
      livenessProbe:
        grpc:
          port: {{ $healthPort }}
        periodSeconds: 10
        timeoutSeconds: 10
        failureThreshold: 3
      securityContext:
        {{- include "tessera.containerSecurity" $root | nindent 8 }}
      resources:
        requests:
          {{- toYaml $values.resources.requests | nindent 10 }}
        limits:
          {{- toYaml $values.resources.limits | nindent 10 }}
          {{- if gt (int $values.gpu.count) 0 }}
          {{ $values.gpu.resource }}: {{ $values.gpu.count }}
          {{- end }}
      volumeMounts:
        {{- include "tessera.tmpMount" $root | nindent 8 }}
        {{- if .cache }}
        - name: cache
          mountPath: /var/lib/tessera/cache
        {{- end }}
        {{- with include "tessera.peerMount" $root | trim }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with include "tessera.modelMount" $root | trim }}
        {{- . | nindent 8 }}
        {{- end }}
  volumes:
    {{- include "tessera.tmpVolume" $root | nindent 4 }}
    {{- if .cache }}
    - name: cache
      emptyDir: {}
    {{- end }}
    {{- with include "tessera.peerVolume" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with include "tessera.modelVolumes" $root | trim }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end }}
