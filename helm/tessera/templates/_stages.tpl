{{/* The three stages, as YAML: key in the values, name of the component, service that health knows. */}}
{{- define "tessera.stages" -}}
- key: textEncoder
  component: text-encoder
  service: tessera.v1.TextEncoderService
- key: denoiser
  component: denoiser
  service: tessera.v1.DenoiserService
- key: decoder
  component: decoder
  service: tessera.v1.DecoderService
{{- end }}

{{/* The parts of a denoiser after the first, as YAML: number, and name of the component. */}}
{{- define "tessera.parts" -}}
{{- range $part := untilStep 2 (int (add1 (int .Values.denoiser.parts))) 1 }}
- part: {{ $part }}
  component: part-{{ $part }}
{{- end }}
{{- end }}

{{/* Whatever has pods of its own and is called on port 8472: the stages, and the further parts. */}}
{{- define "tessera.workers" -}}
{{- range concat (include "tessera.stages" . | fromYamlArray) (include "tessera.parts" . | fromYamlArray) }}
- component: {{ .component }}
  key: {{ .key | default "denoiser" }}
{{- end }}
{{- end }}

{{/* Where a denoiser finds its further parts: in the pods of its own ordinal. */}}
{{- define "tessera.furtherParts" -}}
{{- range (include "tessera.parts" . | fromYamlArray) }}
{{- $name := printf "%s-%s" (include "tessera.fullname" $) .component }}
- --denoiser-parts
- {{ $name }}-$(ORDINAL).{{ $name }}:8472
{{- end }}
{{- end }}
