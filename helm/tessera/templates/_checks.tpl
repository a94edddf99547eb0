{{/* What the schema cannot say: values that contradict each other. */}}
{{- define "tessera.checks" -}}
{{- $several := or (gt (int .Values.gateway.replicas) 1) (ne .Values.gateway.autoscaling.kind "none") -}}
{{- if and $several (eq .Values.nats.mode "none") -}}
{{- fail "gateway.replicas above 1, or gateway.autoscaling, needs a Bus that gateways share: set nats.mode to own or external" -}}
{{- end -}}
{{- if and (eq .Values.nats.mode "external") (not .Values.nats.external.urls) -}}
{{- fail "nats.mode external needs nats.external.urls" -}}
{{- end -}}
{{- range (include "tessera.stages" . | fromYamlArray) -}}
{{- $values := index $.Values .key -}}
{{- if and (hasPrefix "cuda" $values.device) (lt (int $values.gpu.count) 1) -}}
{{- fail (printf "%s.device %s needs %s.gpu.count of at least 1" .key $values.device .key) -}}
{{- end -}}
{{- end -}}
{{- if and (gt (int .Values.denoiser.parts) 1) (ne .Values.denoiser.autoscaling.kind "none") -}}
{{- fail "denoiser.parts above 1 needs denoiser.autoscaling.kind none: every denoiser has parts of its own" -}}
{{- end -}}
{{- if and (eq .Values.models.source "claim") (not .Values.models.claim.name) -}}
{{- fail "models.source claim needs models.claim.name" -}}
{{- end -}}
{{- if and (eq .Values.models.source "image") (not .Values.models.image.reference) -}}
{{- fail "models.source image needs models.image.reference" -}}
{{- end -}}
{{- if and (eq .Values.models.source "init") (not .Values.models.init.args) (not .Values.models.init.command) -}}
{{- fail "models.source init needs models.init.command or models.init.args" -}}
{{- end -}}
{{- if and .Values.monitoring.serviceMonitor.enabled (not .Values.monitoring.metrics.enabled) -}}
{{- fail "monitoring.serviceMonitor.enabled needs monitoring.metrics.enabled" -}}
{{- end -}}
{{- if and (not .Values.gateway.insecure) (not (and .Values.tls.enabled .Values.gateway.tls.secretName .Values.gateway.apiKeys.secretName)) -}}
{{- fail "gateway.insecure false needs tls.enabled, gateway.tls.secretName and gateway.apiKeys.secretName" -}}
{{- end -}}
{{- if and .Values.tls.enabled .Values.monitoring.serviceMonitor.enabled (not .Values.monitoring.serviceMonitor.tlsSecretName) -}}
{{- fail "monitoring.serviceMonitor.enabled with tls.enabled needs monitoring.serviceMonitor.tlsSecretName" -}}
{{- end -}}
{{- if and .Values.gateway.ingress.enabled (not .Values.gateway.ingress.hosts) -}}
{{- fail "gateway.ingress.enabled needs gateway.ingress.hosts" -}}
{{- end -}}
{{- if and .Values.gateway.grpcRoute.enabled (not .Values.gateway.grpcRoute.parentRefs) -}}
{{- fail "gateway.grpcRoute.enabled needs gateway.grpcRoute.parentRefs" -}}
{{- end -}}
{{- end }}
