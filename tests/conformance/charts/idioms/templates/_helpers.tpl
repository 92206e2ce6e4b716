{{- define "idioms.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "idioms.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- define "idioms.labels" -}}
{{- $default := dict "app.kubernetes.io/name" (include "idioms.name" .context) "app.kubernetes.io/instance" .context.Release.Name -}}
{{ template "idioms.merge" (dict "values" (list .custom $default) "context" .context) }}
{{- end -}}
{{- define "idioms.render" -}}
{{- $value := typeIs "string" .value | ternary .value (.value | toYaml) }}
{{- if contains "{{" (toJson .value) }}
  {{- if .scope }}
      {{- tpl (cat "{{- with $.RelativeScope -}}" $value "{{- end }}") (merge (dict "RelativeScope" .scope) .context) }}
  {{- else }}
    {{- tpl $value .context }}
  {{- end }}
{{- else }}
    {{- $value }}
{{- end }}
{{- end -}}
{{- define "idioms.merge" -}}
{{- $dst := dict -}}
{{- range .values -}}
{{- $dst = include "idioms.render" (dict "value" . "context" $.context "scope" $.scope) | fromYaml | merge $dst -}}
{{- end -}}
{{ $dst | toYaml }}
{{- end -}}
{{- define "idioms.image" -}}
{{- $registry := default .imageRoot.registry ((.global).registry) -}}
{{- $separator := ":" -}}
{{- $termination := .imageRoot.tag | toString -}}
{{- if .imageRoot.digest }}
    {{- $separator = "@" -}}
    {{- $termination = .imageRoot.digest | toString -}}
{{- end -}}
{{- if $registry }}
    {{- printf "%s/%s%s%s" $registry .imageRoot.repository $separator $termination -}}
{{- else -}}
    {{- printf "%s%s%s" .imageRoot.repository $separator $termination -}}
{{- end -}}
{{- end -}}
{{- define "idioms.pullSecrets" -}}
  {{- $pullSecrets := list }}
  {{- range .secrets -}}
    {{- if kindIs "map" . -}}
      {{- $pullSecrets = append $pullSecrets .name -}}
    {{- else -}}
      {{- $pullSecrets = append $pullSecrets . -}}
    {{- end -}}
  {{- end -}}
  {{- if (not (empty $pullSecrets)) -}}
imagePullSecrets:
    {{- range $pullSecrets | uniq }}
  - name: {{ . }}
    {{- end }}
  {{- end }}
{{- end -}}
{{- define "idioms.resources" -}}
{{- $presets := .Values.presets -}}
{{- if hasKey $presets .Values.resourcesPreset -}}
{{- index $presets .Values.resourcesPreset | toYaml -}}
{{- else -}}
{{- printf "ERROR: Preset key '%s' invalid. Allowed values are %s" .Values.resourcesPreset (join "," (keys $presets)) | fail -}}
{{- end -}}
{{- end -}}
{{- define "idioms.flatten" -}}
{{- range $key, $value := .data }}
{{- $path := empty $.prefix | ternary $key (printf "%s.%s" $.prefix $key) }}
{{- if kindIs "map" $value }}
{{- include "idioms.flatten" (dict "data" $value "prefix" $path) }}
{{- else if kindIs "slice" $value }}
{{ $path }}={{ join "," $value }}
{{- else }}
{{ $path }}={{ $value }}
{{- end }}
{{- end }}
{{- end -}}
