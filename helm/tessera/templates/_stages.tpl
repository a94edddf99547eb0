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
