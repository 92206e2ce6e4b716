"""Rendered charts as definitions: hooks, tests, CRDs, documents that vanish, and templates that fail."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.workload import Binary, Kind
from isomorph.platforms.helm import rendering
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_writer
from tests.platforms.helm.charts import CHART, DEPLOYMENT, VALUES, chart, codes, config, only, read_chart, text_of

HOOK = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
  annotations: {{"helm.sh/hook": "{events}", "helm.sh/hook-weight": "1"}}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{{name: {name}, image: shop/{name}:1}}]
"""


def hook(name: str, events: str) -> str:
    return HOOK.format(name=name, events=events)


def test_the_platform_is_helm_and_what_the_family_understands_is_its() -> None:
    template = DEPLOYMENT + "      dnsPolicy: Default\n"
    definition = read_chart(chart(template))
    assert definition.platform == "helm"
    (extra,) = definition.extras
    assert (extra.platform, extra.path, extra.location, extra.value) == (
        "kubernetes",
        ("workloads", "web"),
        ("spec", "template", "spec", "dnsPolicy"),
        "Default",
    )
    assert extra.origin == Origin("shop/templates/web.yaml", 16, 7)


def test_which_engine_rendered_it_is_told() -> None:
    (said,) = [each for each in read_chart().diagnostics if each.code == "rendered"]
    assert said.message == "the chart was rendered by the built-in engine, because helm is not installed"
    assert said.origin == Origin("shop/Chart.yaml", 1, 1)


def test_documents_that_say_nothing_vanish() -> None:
    files = chart(
        {
            "web.yaml": f"---\n# nothing\n---\n{DEPLOYMENT}---\n\n---\n{{{{- if .Values.off }}}}\nkind: Broken\n{{{{- end }}}}\n",
            "empty.yaml": "{{/* nothing */}}\n",
            "_helpers.tpl": "{{ define `a` }}never seen{{ end }} and this is not either: {",
            "NOTES.txt": "Thank you: {{ .Release.Name }}",
        }
    )
    assert list(read_chart(files).application.workloads) == ["web"]


def test_a_separator_that_text_follows_is_one_as_helm_has_it() -> None:
    second = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n"
    template = f"---apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: one}}\n--- \n{second}"
    definition = read_chart(chart(template))
    assert list(definition.application.configurations) == ["one", "two"]
    assert str(definition.origins.find(("configurations", "two"))) == "shop/templates/web.yaml:7:18"


def test_hooks_of_an_installation_run_and_others_are_kept_beside() -> None:
    files = chart(
        {
            "migrate.yaml": hook("migrate", "pre-install,pre-upgrade"),
            "test.yaml": hook("probe", "test"),
            "old-test.yaml": hook("old", "test-success"),
            "clean.yaml": hook("clean", "post-delete"),
            "crd.yaml": hook("odd", "crd-install"),
        }
    )
    definition = read_chart(files)
    assert {name: each.kind for name, each in definition.application.workloads.items()} == {"migrate": Kind.JOB}
    assert sorted(each.value["metadata"]["name"] for each in definition.extras if not each.path) == [
        "clean",
        "old",
        "probe",
    ]
    said = sorted((each.code, each.message) for each in definition.diagnostics if each.code != "rendered")
    assert said == [
        ("ignored", "Job odd is a hook of 'crd-install', which Helm does not know and passes over"),
        ("not-modelled", "a hook of post-delete does not run when the chart is installed, and is kept beside"),
        ("not-modelled", "a test of the chart runs on demand only, and is kept beside (and 1 more place)"),
    ]


def test_what_means_something_in_a_chart_only_is_written_into_charts_only() -> None:
    definition = read_chart(chart({"web.yaml": DEPLOYMENT, "test.yaml": hook("probe", "test")}))
    manifests = load_writer("kubernetes")(definition, WriteOptions())
    assert "probe" not in str(manifests.files)
    assert [each.message for each in manifests.diagnostics if each.code == "extra-dropped"] == [
        "`Job` is Helm's own and is not in the output"
    ]
    again = {f"again/{file.path}": file.content for file in load_writer("helm")(definition, WriteOptions()).files}
    (kept,) = (extra for extra in read_chart(again, "again").extras if not extra.path)
    assert (kept.platform, kept.value["metadata"]["name"]) == ("helm", "probe")


@pytest.mark.parametrize(
    "body",
    [
        "kind: Job\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}",
        "kind: CronJob\nspec: {schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {containers: []}}}}}",
        "kind: Job\nspec: {template: {spec: {containers: {a: b}}}}",
        "kind: Job\nspec: {template: {metadata: {labels: x, annotations: [1]}, spec: {containers: [x]}}}",
        "kind: Deployment\nspec: {selector: x, template: {spec: [1]}}",
        "kind: ConfigMap\ndata: [1]",
        "kind: Secret\ndata: 1",
        "kind: Ingress\nspec: {rules: 3, tls: x}",
        "kind: Service\nspec: 3",
    ],
)
def test_a_hook_of_any_shape_is_written_back(body: str) -> None:
    metadata = "metadata:\n  name: probe\n  annotations: {'helm.sh/hook': test}\n"
    definition = read_chart(chart({"web.yaml": DEPLOYMENT, "test.yaml": f"apiVersion: v1\n{metadata}{body}\n"}))
    written = load_writer("helm")(definition, WriteOptions())
    assert [file.path for file in written.files if "probe" in file.path] != []


def test_templates_that_take_long_together_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "TIME_LIMIT", 0.2)
    many = {f"t{number}.yaml": "{{ range until 9000 }}\n{{ end }}a: {{ sha512sum `x` }}\n" for number in range(60)}
    with pytest.raises(InvalidInput, match=r"took longer than 0\.2 seconds") as raised:
        read_chart(chart(many))
    assert raised.value.origin is not None
    assert raised.value.origin.file.startswith("shop/")


def test_an_object_that_a_hook_needs_too_is_one() -> None:
    account = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: conf\n{}data: {{a: '1'}}\n"
    files = chart(
        {
            "conf.yaml": account.format(""),
            "hook.yaml": account.format("  annotations: {'helm.sh/hook': pre-install}\n"),
        }
    )
    definition = read_chart(files)
    assert str(definition.origins.find(("configurations", "conf"))) == "shop/templates/conf.yaml:4:9"


def test_definitions_of_kinds_are_kept_as_they_stand() -> None:
    crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b.c}\nspec: {group: '{{x}}'}\n"
    files = {**chart(), "shop/crds/a.yaml": crd, "shop/crds/README.md": "x"}
    (extra,) = read_chart(files).extras
    assert (extra.platform, extra.location) == ("kubernetes", ("CustomResourceDefinition",))
    assert extra.value["spec"] == {"group": "{{x}}"}


def test_old_versions_of_the_api_are_read() -> None:
    old = DEPLOYMENT.replace("apps/v1", "extensions/v1beta1") + (
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}\n"
        "---\napiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: web}\n"
        "spec: {rules: [{host: shop.example, http: {paths: [{path: /, backend: {serviceName: web, servicePort: 80}}]}}]}\n"
    )
    definition = read_chart(chart(old))
    assert list(only(definition).routes) == ["shop.example/"]
    assert codes(definition) == ["deprecated", "deprecated"]


def test_lookup_finds_nothing() -> None:
    template = config('{{ (lookup "v1" "Secret" "default" "a") | toJson | quote }}')
    assert text_of(read_chart(chart(template))) == "{}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("a: {{ .Values.replicas }\n", "shop/templates/web.yaml:1"),
        ("a: {{ if }}\n", "shop/templates/web.yaml:1"),
        ("a: 1\nb: {{ include `none` . }}\n", "shop/templates/web.yaml:2"),
        ("a: 1\nb: {{ required `say a password` .Values.password }}\n", "shop/templates/web.yaml:2"),
        ("a: 1\n\nb: {{ fail `not like this` }}\n", "shop/templates/web.yaml:3"),
        ("a: {{ nofunction 1 }}\n", "shop/templates/web.yaml:1"),
        ("a: 1\nb: {{ .Values.replicas }}: x\n", "shop/templates/web.yaml:2"),
        ("a: 1\n{{- range until 3 }}\n  b: {{ . }}\n{{- end }}\n", "shop/templates/web.yaml:3"),
        ("- a\n", "shop/templates/web.yaml:1:1: this document is a list, so it is no Kubernetes object"),
        ("kind: Pod\n", "shop/templates/web.yaml:1:1: this document has no `apiVersion`"),
        ("apiVersion: v1\nkind: Pod\n", "shop/templates/web.yaml:1:1: this Pod has no name"),
        (
            DEPLOYMENT.replace("{{ .Values.replicas }}", "{{ .Values.image.tag | quote }}"),
            "shop/templates/web.yaml:6:13",
        ),
    ],
)
def test_a_template_that_fails_is_one_error_at_its_line(template: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_chart(chart(template))
    assert str(caught.value).startswith(message)


def test_what_fails_in_a_helper_is_told_there() -> None:
    files = chart(
        {"web.yaml": "a: {{ include `a` . }}\n", "_a.tpl": "\n{{ define `a` }}\n{{ fail `broken` }}{{ end }}"}
    )
    with pytest.raises(InvalidInput, match="broken") as caught:
        read_chart(files)
    assert str(caught.value.origin).startswith("shop/templates/_a.tpl:3")


def test_templates_that_never_end_are_stopped() -> None:
    endless = chart({"web.yaml": "a: {{ include `a` . }}\n", "_a.tpl": "{{ define `a` }}{{ include `a` . }}{{ end }}"})
    with pytest.raises(InvalidInput):
        read_chart(endless)
    many = chart("{{ range until 100000 }}{{ range until 100000 }}x{{ end }}{{ end }}")
    with pytest.raises(InvalidInput):
        read_chart(many)


def test_a_chart_without_templates_runs_nothing() -> None:
    assert read_chart({"shop/Chart.yaml": CHART}).application.workloads == {}


def test_of_a_key_that_is_written_twice_the_last_counts_as_helm_has_it() -> None:
    twice = DEPLOYMENT.replace(
        "  replicas: {{ .Values.replicas }}\n", "  replicas: 7\n  replicas: {{ .Values.replicas }}\n"
    )
    definition = read_chart(chart(twice, VALUES + "replicas: 3\n"))
    assert only(definition).scale.replicas == 3
    told = [(each.code, str(each.origin), each.message) for each in definition.diagnostics if each.code != "rendered"]
    assert told == [
        (
            "ignored",
            "shop/values.yaml:5:1",
            "key 'replicas' is written twice in one mapping, first at line 1, column 1; the last counts",
        ),
        ("ignored", "shop/templates/web.yaml:7:3", "key 'replicas' is written twice in one mapping; the last counts"),
    ]


def test_a_file_that_is_no_text_reaches_a_secret() -> None:
    template = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\ndata:\n"
        '  store: {{ .Files.Get "store.jks" | b64enc }}\n{{ (.Files.Glob "*.jks").AsSecrets | indent 2 }}\n'
    )
    content = bytes(range(256))
    definition = read_chart({**chart(template), "shop/store.jks": content})
    assert definition.application.secrets["keys"].values == {"store": Binary(content), "store.jks": Binary(content)}
