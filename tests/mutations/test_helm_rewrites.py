"""Precision in charts: the same said by other templates, other values files or on the command line is no finding."""

from collections.abc import Mapping

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.helm.reader import read
from tests.memory_context import memory_context
from tests.mutations.rewrites import REWRITES, Rewrite
from tests.mutations.test_helm import DATA, SHOWN, read_chart, shown
from tests.mutations.test_mutations import describe
from tests.platforms.helm.charts import CHART, DEPLOYMENT, VALUES

Files = Mapping[str, str]

TEMPLATE = DEPLOYMENT + (
    "          env:\n            - {name: LEVEL, value: '{{ .Values.level }}'}\n"
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n"
    "  ports: [{port: 80, targetPort: {{ .Values.port }}}]\n"
)
WHOLE = VALUES + "level: info\nport: 8080\n"
ORIGINAL: Files = {"shop/Chart.yaml": CHART, "shop/values.yaml": WHOLE, "shop/templates/web.yaml": TEMPLATE}

# What is written instead, and the options that it is read with.
SPELLINGS: dict[str, tuple[Files, dict[str, tuple[str, ...]]]] = {
    "values in another order": ({"shop/values.yaml": "port: 8080\nlevel: info\n" + VALUES}, {}),
    "values in flow style": (
        {"shop/values.yaml": "{replicas: 1, image: {repository: shop/web, tag: '1'}, level: info, port: 8080}\n"},
        {},
    ),
    "values with comments and quotes": (
        {"shop/values.yaml": f"# All of it\n{WHOLE}".replace("info", '"info"  # quiet')},
        {},
    ),
    "values of an anchor": ({"shop/values.yaml": WHOLE.replace("level: info", "x: &level info\nlevel: *level")}, {}),
    "values in a file of their own": (
        {"shop/values.yaml": VALUES + "level: lost\n", "own.yaml": "level: info\nport: 8080\n"},
        {"values": ("own.yaml",)},
    ),
    "values on the command line": (
        {"shop/values.yaml": VALUES},
        {"set": ("level=info,port=8080",), "set-string": ("image.tag=1",)},
    ),
    "values in JSON": ({"shop/values.yaml": VALUES}, {"set-json": ('{"level": "info"}', "port=8080")}),
    "a value that is said again": ({}, {"set": ("replicas=1",)}),
    "templates in a file each": (
        {
            "shop/templates/web.yaml": TEMPLATE.split("---\n")[0],
            "shop/templates/service.yaml": TEMPLATE.split("---\n")[1],
        },
        {},
    ),
    "documents in another order": ({"shop/templates/web.yaml": "---\n".join(reversed(TEMPLATE.split("---\n")))}, {}),
    "an action without its blanks": (
        {"shop/templates/web.yaml": TEMPLATE.replace("{{ .Values.port }}", "{{.Values.port}}")},
        {},
    ),
    "actions through other functions": (
        {
            "shop/templates/web.yaml": TEMPLATE.replace("'{{ .Values.level }}'", "{{ .Values.level | quote }}").replace(
                "{{ .Values.port }}", "{{ with .Values }}{{ .port | int }}{{ end }}"
            )
        },
        {},
    ),
    "an image through a helper": (
        {
            "shop/templates/web.yaml": TEMPLATE.replace(
                '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"', '{{ include "image" .Values.image }}'
            ),
            "shop/templates/_helpers.tpl": '{{ define "image" }}{{ printf "%s:%s" .repository .tag }}{{ end }}',
        },
        {},
    ),
    "what is not there": (
        {"shop/templates/web.yaml": TEMPLATE + "---\n{{- if .Values.none }}\na: b\n{{- end }}\n"},
        {},
    ),
    "a default that is not needed": (
        {"shop/templates/web.yaml": TEMPLATE.replace("{{ .Values.replicas }}", "{{ .Values.replicas | default 7 }}")},
        {},
    ),
    "a release of another name": ({}, {"release": ("other",)}),
}


def environment(name: str, files: Files, options: Mapping[str, tuple[str, ...]]) -> Environment:
    definition = read(Source("shop", dict(options)), memory_context(files))
    return Environment(name, normalise(definition), (("helm", "shop"),))


@pytest.mark.parametrize("name", SPELLINGS)
def test_another_spelling_of_a_chart_is_no_finding(name: str) -> None:
    changed, options = SPELLINGS[name]
    before, after = environment("before", ORIGINAL, {}), environment("after", {**ORIGINAL, **changed}, options)
    assert list(before.definition.application.workloads) == ["web"]
    assert describe([each for each in compare([before, after]).findings if each.verdict in SHOWN]) == []


@pytest.mark.parametrize(
    "rewrite", [each for each in REWRITES if each.file.startswith("kubernetes")], ids=lambda rewrite: str(rewrite.name)
)
def test_another_spelling_of_a_template_is_no_finding(rewrite: Rewrite) -> None:
    original = (DATA / rewrite.file).read_text()
    rewritten = original.replace(rewrite.old, rewrite.new)
    assert describe(shown(read_chart("before", original), read_chart("after", rewritten))) == []
