"""What a chart has besides the templates of its objects: what it is called, named templates, notes, a test."""

from isomorph.platforms.helm.write_sections import mapping_at
from isomorph.platforms.kubernetes.write_draft import NAME_LABEL, Document
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml

VERSION = "0.1.0"
TEST_IMAGE = "busybox:1.37"
TEST = "test-connection"
"""What the Pod is called, by its label, that tests whether all Services answer."""

_NAMED = """{{/* The chart's name. */}}
{{- define "CHART.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What only one release is called. Objects that peers look for by name are not: their names are fixed. */}}
{{- define "CHART.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "CHART.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "CHART.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* The chart's name and version, as a label takes them. */}}
{{- define "CHART.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Labels of every object: (dict "name" NAME "context" $). */}}
{{- define "CHART.labels" -}}
helm.sh/chart: {{ include "CHART.chart" .context | quote }}
{{ include "CHART.podLabels" . }}
app.kubernetes.io/version: {{ .context.Chart.AppVersion | quote }}
{{- end }}

{{/* Labels of Pods, which no new version of the chart may change: it would replace them all. */}}
{{- define "CHART.podLabels" -}}
app.kubernetes.io/name: {{ .name | default (include "CHART.name" .context) | quote }}
app.kubernetes.io/instance: {{ .instance | default .context.Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .context.Release.Service | quote }}
{{- end }}

{{/* The labels by which Pods are found. Nobody may change them once they are installed. */}}
{{- define "CHART.selectorLabels" -}}
app.kubernetes.io/name: {{ .name | quote }}
{{- end }}

{{/* An image's whole name. */}}
{{- define "CHART.image" -}}
{{ with .registry }}{{ . }}/{{ end }}{{ .repository }}{{ with .tag }}:{{ . }}{{ end }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}
"""

IGNORED = """# What is no part of the packed chart.
/.git/
/.gitignore
/secrets/
"""


def is_own_test(document: Document) -> bool:
    """Tell whether an object is the test that every chart of ours has: it is written anew."""
    labels, annotations = mapping_at(document, "metadata", "labels"), mapping_at(document, "metadata", "annotations")
    return labels.get(NAME_LABEL) == TEST and annotations.get("helm.sh/hook") == "test"


class Way:
    """A port that something outside of a workload connects to: the expression of its number, and when it is there."""

    __slots__ = ("condition", "name", "port")

    def __init__(self, name: str, port: str, condition: str) -> None:
        self.name = name
        self.port = port
        self.condition = condition


def print_chart(name: str, version: str, description: str, header: str) -> str:
    """Give `Chart.yaml`."""
    said = {
        "apiVersion": "v2",
        "name": name,
        "description": description,
        "type": "application",
        "version": VERSION,
        "appVersion": version,
    }
    return emit_yaml(said, dialect=Dialect.KUBERNETES, header=header)


def print_named(chart: str) -> str:
    """Give `templates/_helpers.tpl`."""
    return _NAMED.replace("CHART", chart)


def print_notes(chart: str, ways: list[Way], routes: list[tuple[str, str]], secrets: dict[str, str]) -> str:
    """Give `templates/NOTES.txt`: how it is reached, what it still needs, how it is tested.

    `routes` are the values of Ingresses that have hosts, each with its condition; `secrets` the names of Secrets by values.
    """
    lines = ["{{ .Chart.Name }} is installed as {{ .Release.Name }} in the namespace {{ .Release.Namespace }}."]
    for values, condition in routes:
        lines.append(f"{{{{- if {condition} }}}}")
        lines.append(f"{{{{- range {values}.hosts }}}}")
        scheme = f"http{{{{ if {values}.tls }}}}s{{{{ end }}}}".replace("if .Values", "if $.Values")
        lines.append(f'  {scheme}://{{{{ .host | default "ADDRESS" }}}}{{{{ (first .paths).path }}}}')
        lines += ["{{- end }}", "{{- end }}"]
    if not routes and ways:
        lines += ["", "From this machine it is reached by:", ""]
        way = ways[0]
        command = f"kubectl --namespace {{{{ .Release.Namespace }}}} port-forward service/{way.name} 8080:{{{{ {way.port} }}}}"
        lines.append(f"  {command}")
    for values, name in secrets.items():
        lines += [
            f"{{{{- if not {values} }}}}",
            f"The Secret {name} must be there: its values ({values.removeprefix('.Values.')}) are not given.",
            "{{- end }}",
        ]
    if ways:
        lines += ["", "Whether everything answers: helm test --namespace {{ .Release.Namespace }} {{ .Release.Name }}"]
    return "\n".join((*lines, ""))


def print_test(chart: str, ways: list[Way]) -> str:
    """Give `templates/tests/test-connection.yaml`: a Pod that connects to every Service."""
    lines = [
        "apiVersion: v1",
        "kind: Pod",
        "metadata:",
        f'  name: "{{{{ include "{chart}.fullname" . | trunc 47 }}}}-test-connection"',
        "  labels:",
        f'    {{{{- include "{chart}.labels" (dict "name" "{TEST}" "context" $) | nindent 4 }}}}',
        "  annotations:",
        "    helm.sh/hook: test",
        "    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded",
        "spec:",
        "  restartPolicy: Never",
        "  containers:",
        "    - name: connect",
        f"      image: {TEST_IMAGE}",
        "      command:",
        "        - sh",
        "        - -ec",
        "        - |",
    ]
    for way in ways:
        line = f"          nc -z -w 10 {way.name} {{{{ {way.port} }}}}"
        if way.condition:
            lines += [f"          {{{{- if {way.condition} }}}}", line, "          {{- end }}"]
        else:
            lines.append(line)
    lines += [
        '          echo "all answer"',
        "      securityContext:",
        "        allowPrivilegeEscalation: false",
        "        capabilities:",
        "          drop:",
        "            - ALL",
        "        seccompProfile:",
        "          type: RuntimeDefault",
    ]
    return "\n".join((*lines, ""))
