"""Values: whose counts, what null takes away, and where each is written, traced through the templates."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image
from isomorph.model.origin import Origin
from tests.platforms.helm.charts import VALUES, chart, config, container_of, only, origin_of, read_chart, text_of

REPLICAS = ("workloads", "web", "scale", "replicas")
IMAGE = ("workloads", "web", "containers", "web", "image")


def test_the_charts_own_values_are_at_the_templates_line_by_way_of_the_values_line() -> None:
    definition = read_chart()
    assert only(definition).scale.replicas == 1
    assert container_of(definition).image == Image("shop/web", tag="1")
    origins = definition.origins
    assert origins.exact(REPLICAS) == Origin("shop/templates/web.yaml", 6, 13, via=(Origin("shop/values.yaml", 1, 11),))
    assert origins.exact((*IMAGE, "repository")) == Origin(
        "shop/templates/web.yaml", 15, 19, via=(Origin("shop/values.yaml", 3, 15),)
    )
    assert origins.exact((*IMAGE, "tag")) == Origin(
        "shop/templates/web.yaml", 15, 50, via=(Origin("shop/values.yaml", 4, 8),)
    )


def test_later_files_count_more_and_set_counts_most() -> None:
    files = {**chart(), "one.yaml": "replicas: 2\nimage:\n  tag: one\n", "two.yaml": "image:\n  tag: two\n"}
    definition = read_chart(files, values=("one.yaml", "two.yaml"))
    assert only(definition).scale.replicas == 2
    assert container_of(definition).image == Image("shop/web", tag="two")
    assert origin_of(definition, *IMAGE, "tag").via == (Origin("two.yaml", 2, 8),)
    definition = read_chart(files, values="one.yaml", set=("image.tag=three", "replicas=5"), set_string="image.tag=4")
    assert only(definition).scale.replicas == 5
    assert container_of(definition).image == Image("shop/web", tag="4")
    assert origin_of(definition, *IMAGE, "tag").via == (Origin("?set-string=image.tag"),)


def test_sources_are_all_files_that_were_read() -> None:
    files = {**chart(), "one.yaml": "replicas: 2\n", "motd.txt": "hello\n"}
    definition = read_chart(files, values="one.yaml", set_file="motd=motd.txt")
    assert definition.sources == (
        "shop/Chart.yaml",
        "shop/templates/web.yaml",
        "shop/values.yaml",
        "one.yaml",
        "motd.txt",
    )


def test_null_takes_a_value_away() -> None:
    template = config('{{ .Values.image | toJson | quote }}\n  there: {{ hasKey .Values "image" | quote }}')
    assert text_of(read_chart(chart(template), set="image.tag=null")) == '{"repository":"shop/web"}'
    gone = read_chart(chart(template), set="image=null")
    assert text_of(gone, key="there") == "false"


def test_a_whole_number_of_a_file_is_a_float_as_helm_has_it() -> None:
    template = config('"{{ .Values.big }}"')
    assert text_of(read_chart(chart(template, "big: 1000000\n"))) == "1e+06"
    assert text_of(read_chart(chart(template, "big: 1\n"), set="big=1000000")) == "1000000"
    assert text_of(read_chart(chart(template, "big: 1\n"), set_json="big=1000000")) == "1e+06"


def test_a_text_file_is_a_value() -> None:
    files = {**chart(config("{{ .Values.motd | quote }}")), "motd.txt": "hello, you\n"}
    definition = read_chart(files, set_file="motd=motd.txt")
    assert text_of(definition) == "hello, you\n"
    assert origin_of(definition, "configurations", "out", "values", "text").via == (Origin("motd.txt"),)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": "none.yaml"}, "none.yaml:1:1: values file none.yaml does not exist (check the path)"),
        (
            {"values": "https://a.example/v.yaml"},
            "https://a.example/v.yaml:1:1: https://a.example/v.yaml is an address, and nothing is fetched"
            " (fetch the values file, and name the copy)",
        ),
        ({"values": "list.yaml"}, "list.yaml:1:1: values are a mapping of names to values (write name: value)"),
        ({"values": "broken.yaml"}, "broken.yaml:1:5"),
        ({"set": "a"}, "`set=a…`: 'a' has no value (write name=value, or name.inner[0]=value)"),
        ({"set_file": "a=none.txt"}, "?set-file=a:1:1: file none.txt does not exist (check the path)"),
        ({"set_json": "{x"}, '?set-json:1:1: the value of `set-json` is no JSON (write {"name": "value"})'),
        ({"release": "Shop!"}, "?release:1:1: 'Shop!' is no name of a release"),
        ({"kube_version": "new"}, "?kube-version:1:1: 'new' is no version of Kubernetes"),
    ],
)
def test_bad_options_are_one_clear_error(options: dict[str, str], message: str) -> None:
    files = {**chart(), "list.yaml": "- a\n", "broken.yaml": "a: b: c\n"}
    with pytest.raises(InvalidInput) as caught:
        read_chart(files, **options)
    assert str(caught.value).startswith(message)


def test_values_that_are_repeated_without_end_are_refused() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 9)
    )
    with pytest.raises(InvalidInput) as caught:
        read_chart(chart(values=VALUES + bomb))
    assert str(caught.value).startswith("shop/values.yaml:")


def test_the_release_is_called_like_the_chart_unless_it_is_named() -> None:
    template = config("{{ .Release.Name }} in {{ .Release.Namespace }} of {{ .Chart.Name }}")
    assert text_of(read_chart(chart(template))) == "shop in default of shop"
    assert text_of(read_chart(chart(template), release="blue", namespace="prod")) == "blue in prod of shop"
    odd = chart(template, metadata="apiVersion: v2\nname: My_Shop\nversion: 1.0.0\n")
    assert text_of(read_chart(odd)) == "my-shop in default of My_Shop"
    assert read_chart().application.name == "shop"


def test_the_namespace_is_that_of_all_that_says_none() -> None:
    assert only(read_chart(namespace="prod")).namespace == "prod"
    assert only(read_chart()).namespace is None


def test_capabilities_are_those_of_helm_template() -> None:
    template = config(
        "{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.KubeVersion }}"
        ' {{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "route.openshift.io/v1" }}'
        " {{ .Capabilities.HelmVersion.Version }}"
    )
    assert text_of(read_chart(chart(template))) == "v1.37.0 37 v1.37.0 true false v4.3"
    other = read_chart(chart(template), kube_version="1.34.2-gke.1", api_versions="route.openshift.io/v1,x/v1")
    assert text_of(other) == "v1.34.2-gke.1 34 v1.34.2 true true v4.3"


def test_what_templates_see_of_the_chart_and_of_its_files() -> None:
    template = config(
        '"{{ .Chart.AppVersion }} {{ .Chart.Version }} {{ .Template.Name }} {{ .Template.BasePath }}'
        " {{ .Chart.IsRoot }} {{ .Release.IsInstall }}{{ .Release.Revision }} {{ .Release.Service }}"
        ' {{ .Files.Get \\"conf/a.ini\\" | trim }} {{ range $path, $_ := .Files.Glob \\"conf/**\\" }}{{ $path }};{{ end }}'
        '{{ .Files.Get \\"none\\" }}"'
    ).replace('\\"', "`")
    files = {**chart(template), "shop/conf/a.ini": "a=1\n", "shop/conf/d/b.ini": "b=2\n", "shop/README.md": "x"}
    assert text_of(read_chart(files)) == (
        "2.1.0 1.0.0 shop/templates/web.yaml shop/templates true true1 Helm a=1 conf/a.ini;conf/d/b.ini;"
    )


def test_files_become_configurations_and_secrets() -> None:
    template = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: out}\ndata:\n"
        '{{ (.Files.Glob "conf/*").AsConfig | indent 2 }}\n'
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: keys}\ndata:\n"
        '{{ (.Files.Glob "keys/*").AsSecrets | indent 2 }}\n'
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: lines}\ndata:\n"
        '{{- range $i, $line := .Files.Lines "conf/a.ini" }}\n  l{{ $i }}: {{ $line | quote }}\n{{- end }}\n'
    )
    files = {**chart(template), "shop/conf/a.ini": "a=1\nb=2\n", "shop/keys/key": b"s3cret"}
    definition = read_chart(files)
    assert definition.application.configurations["out"].values == {"a.ini": "a=1\nb=2\n"}
    assert definition.application.configurations["lines"].values == {"l0": "a=1", "l1": "b=2"}
    assert definition.application.secrets["keys"].values == {"key": "s3cret"}
    assert origin_of(definition, "configurations", "lines", "values", "l1").via == (Origin("shop/conf/a.ini", 2),)


def test_a_template_that_changes_values_changes_them_for_those_after_it() -> None:
    files = chart(
        {"a.yaml": config("{{ .Values.n }}"), "z.yaml": '{{- $_ := set .Values "n" "set" -}}\n'}, "n: given\n"
    )
    assert text_of(read_chart(files)) == "set"
