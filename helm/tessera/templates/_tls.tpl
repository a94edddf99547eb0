{{/* TLS between the processes of a release, and on the public port. */}}

{{/* What follows the role in the names of certificates. */}}
{{- define "tessera.peerDomain" -}}
{{- .Values.tls.domain | default (printf "%s.%s" (include "tessera.fullname" .) .Release.Namespace) -}}
{{- end }}

{{/* The Secret with the certificate of one component, or of its role where that is another. Takes (dict "root" $ "component" "text-encoder"), as the next two do. */}}
{{- define "tessera.peerSecret" -}}
{{- index .root.Values.tls.secretNames (camelcase (replace "-" "_" (.role | default .component)) | untitle) | default (printf "%s-%s-peer" (include "tessera.fullname" .root) (.role | default .component)) -}}
{{- end }}

{{- define "tessera.peerArgs" -}}
{{- if .root.Values.tls.enabled }}
- --peer-cert
- /etc/tessera/peer/tls.crt
- --peer-key
- /etc/tessera/peer/tls.key
- --peer-ca
- /etc/tessera/peer/ca.crt
- --peer-domain
- {{ include "tessera.peerDomain" .root }}
{{- end }}
{{- end }}

{{- define "tessera.peerVolume" -}}
{{- if .root.Values.tls.enabled }}
- name: peer
  secret:
    secretName: {{ include "tessera.peerSecret" . }}
{{- end }}
{{- end }}

{{- define "tessera.peerMount" -}}
{{- if .Values.tls.enabled }}
- name: peer
  mountPath: /etc/tessera/peer
  readOnly: true
{{- end }}
{{- end }}

{{/* How a port of this release is spoken to. */}}
{{- define "tessera.appProtocol" -}}
{{- ternary "https" "kubernetes.io/h2c" . -}}
{{- end }}
