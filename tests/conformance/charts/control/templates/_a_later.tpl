{{ define "control.overridden" }}later{{ end }}
