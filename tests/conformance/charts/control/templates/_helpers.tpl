{{/* The suffix. */}}
{{- define "control.suffix" -}}
  suffix
{{- end -}}
{{ define "control.labels" }}
app: {{ .Values.name | quote }}
chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- if .Values.flag }}
flag: "yes"
{{- end }}
{{ end }}
{{- define "control.empty" }}{{ end -}}
{{- define "control.recursive" -}}
{{- if gt (int .n) 0 }}{{ .n }} {{ include "control.recursive" (dict "n" (sub .n 1)) }}{{ end -}}
{{- end }}
{{ define "control.overridden" }}helpers{{ end }}
