"""Charts in charts: conditions, tags, aliases, imported and global values, libraries, and what is not there."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from tests.platforms.helm.charts import CHART, chart, codes, config, pack, read_chart, text_of

SUB = "apiVersion: v2\nname: sub\nversion: 1.2.0\n"
NAMED = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Chart.Name }}\ndata:\n  text: {{ .Values | toJson | quote }}\n"


def declare(*lines: str) -> str:
    return f"{CHART}dependencies:\n" + "".join(f"  - {line}\n" for line in lines)


def with_sub(metadata: str, values: str = "", sub_values: str = "port: 80\n", sub: str = SUB) -> dict[str, str | bytes]:
    return {
        **chart(NAMED, values, metadata),
        "shop/charts/sub/Chart.yaml": sub,
        "shop/charts/sub/values.yaml": sub_values,
        "shop/charts/sub/templates/out.yaml": NAMED,
    }


def names(files: dict[str, str | bytes], **options: str) -> list[str]:
    return sorted(read_chart(files, **options).application.configurations)


def test_a_chart_that_is_there_runs_whether_it_is_declared_or_not() -> None:
    assert names(with_sub(CHART)) == ["shop", "sub"]
    assert names(with_sub(declare("{name: sub, version: ^1.0.0}"))) == ["shop", "sub"]


def test_a_chart_of_another_version_than_the_declared_one_runs_under_its_own_name() -> None:
    files = with_sub(declare("{name: sub, version: ^2.0.0, alias: other, condition: off}"), "off: false\n")
    assert names(files) == ["shop", "sub"]


def test_a_packed_dependency() -> None:
    files: dict[str, str | bytes] = {
        **chart(NAMED, "", declare("{name: sub, version: 1.x.x}")),
        "shop/charts/sub-1.2.0.tgz": pack({"sub/Chart.yaml": SUB, "sub/templates/out.yaml": NAMED}),
        "shop/charts/README.md": "what these are",
        "shop/charts/_private/Chart.yaml": "broken: {",
    }
    definition = read_chart(files)
    assert sorted(definition.application.configurations) == ["shop", "sub"]
    assert str(definition.origins.find(("configurations", "sub"))) == (
        "shop/charts/sub-1.2.0.tgz/sub/templates/out.yaml:4:9"
    )


def test_conditions_count_more_than_tags() -> None:
    files = with_sub(declare("{name: sub, condition: 'sub.on,other', tags: [back]}"))
    assert names(files, set="sub.on=false") == ["shop"]
    assert names(files, set="sub.on=text,other=false") == ["shop"]
    assert names(files, set="tags.back=false") == ["shop"]
    assert names(files, set="tags.back=false,sub.on=true") == ["shop", "sub"]
    assert names(files, set="sub.on=text") == ["shop", "sub"]


def test_a_chart_under_two_names() -> None:
    files = with_sub(declare("{name: sub, alias: one}", "{name: sub, alias: two}"), "one: {port: 1}\ntwo: {port: 2}\n")
    definition = read_chart(files)
    assert text_of(definition, "one") == '{"global":{},"port":1}'
    assert text_of(definition, "two") == '{"global":{},"port":2}'


def test_values_of_the_chart_around_count_more_and_globals_reach_everywhere() -> None:
    files = with_sub(
        CHART, "sub: {port: 8080}\nglobal: {region: eu}\n", "port: 80\nhost: own\nglobal: {region: us, own: 1}\n"
    )
    assert text_of(read_chart(files), "sub") == '{"global":{"own":1,"region":"eu"},"host":"own","port":8080}'
    definition = read_chart(files, set="sub.host=given")
    assert text_of(definition, "sub") == '{"global":{"own":1,"region":"eu"},"host":"given","port":8080}'


def test_values_that_come_up_count_less_than_the_charts_own() -> None:
    imports = "import-values: [data, {child: deep, parent: taken.here}]"
    files = with_sub(
        declare(f"{{name: sub, {imports}}}"), "own: kept\n", "exports: {data: {own: lost, new: 1}}\ndeep: {x: 2}\n"
    )
    files["shop/templates/web.yaml"] = config('"{{ .Values.own }} {{ .Values.new }} {{ .Values.taken.here.x }}"')
    assert text_of(read_chart(files)) == "kept 1 2"


def test_templates_of_a_library_are_for_others() -> None:
    files = {
        **chart(config('{{ include "lib.name" . }}'), "", declare("{name: sub}")),
        "shop/charts/sub/Chart.yaml": f"{SUB}type: library\n",
        "shop/charts/sub/templates/_names.tpl": '{{ define "lib.name" }}by {{ .Chart.Name }}{{ end }}',
        "shop/charts/sub/templates/out.yaml": "{{ fail `a library runs nothing` }}",
    }
    assert text_of(read_chart(files)) == "by shop"


def test_values_of_charts_below_are_seen_from_above() -> None:
    files = with_sub(CHART)
    files["shop/templates/web.yaml"] = config("{{ .Subcharts.sub.Values.port }} of {{ .Subcharts.sub.Chart.Name }}")
    assert text_of(read_chart(files)) == "80 of sub"


@pytest.mark.parametrize("file", ["Chart.yaml", "requirements.yaml"])
def test_a_chart_that_is_not_there_is_told_once_where_it_is_declared(file: str) -> None:
    files = chart(NAMED, "", CHART if file != "Chart.yaml" else declare("{name: nginx-ingress, version: 0.4.2}"))
    if file != "Chart.yaml":
        files["shop/requirements.yaml"] = "dependencies:\n  - name: nginx-ingress\n    version: 0.4.2\n"
    definition = read_chart(files)
    (said,) = [each for each in definition.diagnostics if each.code != "rendered"]
    assert (said.code, said.message) == (
        "missing-reference",
        "chart nginx-ingress 0.4.2 is not in shop/charts, and what it runs was not read;"
        " `helm dependency update shop` fetches it",
    )
    assert said.origin == (
        Origin("shop/Chart.yaml", 6, 12) if file == "Chart.yaml" else Origin("shop/requirements.yaml", 2, 11)
    )
    assert sorted(definition.application.configurations) == ["shop"]


def test_a_chart_that_is_switched_off_need_not_be_there() -> None:
    files = chart(NAMED, "cache: {enabled: false}\n", declare("{name: cache, condition: cache.enabled}"))
    assert codes(read_chart(files)) == []
    assert codes(read_chart(files, set="cache.enabled=true")) == ["missing-reference"]


def test_values_of_a_dependency_are_a_mapping() -> None:
    with pytest.raises(InvalidInput, match="the values of chart sub are a mapping") as caught:
        read_chart(with_sub(CHART, "sub: 3\n"))
    assert caught.value.origin == Origin("shop/values.yaml", 1, 6)


def test_aliases_of_aliases_without_end_are_refused() -> None:
    inner: dict[str, str | bytes] = {"sub/Chart.yaml": SUB}
    for _ in range(8):
        doubled = SUB + "dependencies:\n" + "".join(f"  - {{name: sub, alias: a{number}}}\n" for number in range(4))
        inner = {"sub/Chart.yaml": doubled, "sub/charts/sub-1.2.0.tgz": pack(inner)}
    with pytest.raises(InvalidInput, match="the chart comes to more than 1000 charts"):
        read_chart({"deep.tgz": pack(inner)}, "deep.tgz")
