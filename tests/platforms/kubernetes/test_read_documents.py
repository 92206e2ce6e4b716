"""What a definition may be: a folder, a file, a stream; lists; what is no Kubernetes object."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import normalise
from isomorph.model.origin import Origin
from isomorph.platforms.kubernetes.reader import read
from tests.memory_context import memory_context, source
from tests.platforms.kubernetes.reading import codes, documents, pod, read_text, service


def read_files(path: str, files: dict[str, str], **options: str) -> Definition:
    return read(source(path, **options), memory_context(files))


def test_a_folder_is_read_as_kubectl_apply_does() -> None:
    definition = read_files(
        "deploy",
        {"deploy/b.yml": pod(), "deploy/a.yaml": service("{port: 80}"), "deploy/README.md": "no", "other.yaml": "x"},
    )
    assert definition.sources == ("deploy/a.yaml", "deploy/b.yml")
    assert list(definition.application.workloads) == ["web"]
    assert definition.origins.table["workloads", "web"].file == "deploy/b.yml"


def test_manifests_in_folders_below_are_told() -> None:
    definition = read_files("deploy", {"deploy/a.yaml": pod(), "deploy/more/b.yaml": pod()})
    assert codes(definition) == ["ignored"]
    assert "more" in definition.diagnostics[0].message


def test_a_folder_without_manifests() -> None:
    with pytest.raises(InvalidInput, match=r"holds no .*yaml.*deploy/more"):
        read_files("deploy", {"deploy/more/b.yaml": pod()})


def test_other_yaml_in_a_folder_is_told_and_in_a_file_refused() -> None:
    definition = read_files("deploy", {"deploy/a.yaml": pod(), "deploy/values.yaml": "replicas: 1\n"})
    assert codes(definition) == ["ignored"]
    with pytest.raises(InvalidInput, match=r"values.yaml:1:1: this document has no `apiVersion` and `kind`"):
        read_files("values.yaml", {"values.yaml": "replicas: 1\n"})


def test_a_stream() -> None:
    definition = read(source("-"), memory_context(standard_input=pod()))
    assert definition.sources == ("<stdin>",)
    assert definition.origins.table["workloads", "web"].file == "<stdin>"


def test_json_and_lists() -> None:
    listed = (
        '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, '
        '"spec": {"containers": [{"name": "p", "image": "p"}]}}]}'
    )
    definition = read_files("a.json", {"a.json": listed})
    assert list(definition.application.workloads) == ["p"]


def test_items_of_a_typed_list_may_leave_out_their_kind() -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n  data: {x: b}\n"
        "- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n"
    )
    assert list(read_text(documents(text, pod())).application.configurations) == ["a", "b"]


def test_empty_documents_and_comments_are_passed_over() -> None:
    assert list(read_text("---\n# nothing\n---\n" + pod() + "---\n").application.workloads) == ["web"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n---\n"])
def test_an_empty_file(text: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        read_text(text)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        read_files("no.yaml", {})


def test_the_namespace_of_those_that_say_none() -> None:
    other = pod().replace("metadata: {name: web}\n", "metadata: {name: api, namespace: said}\n")
    definition = read_files("a.yaml", {"a.yaml": documents(pod(), other)}, namespace="told")
    namespaces = {key: workload.namespace for key, workload in definition.application.workloads.items()}
    assert namespaces == {"web": "told", "api": "said"}


def test_what_the_server_wrote_says_nothing() -> None:
    text = pod().replace(
        "metadata: {name: web}\n",
        "metadata: {name: web, uid: x, resourceVersion: '1', creationTimestamp: null, managedFields: [], annotations: "
        "{kubectl.kubernetes.io/last-applied-configuration: '{}'}}\nstatus: {replicas: 1}\n",
    )
    definition = read_text(text)
    assert definition.application == read_text(pod()).application
    assert definition.extras == ()


def test_other_kinds_are_kept_whole_and_told_once() -> None:
    roles = [
        f"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: {name}}}\n" for name in ("a", "b")
    ]
    policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {}}\n"
    space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: s}\n"
    definition = read_text(documents(pod(), *roles, policy, space))
    assert sorted(codes(definition)) == ["not-modelled", "unknown-kind"]
    assert [extra.location for extra in definition.extras] == [("Role",), ("Role",), ("NetworkPolicy",), ("Namespace",)]
    assert definition.extras[2].value["spec"] == {"podSelector": {}}


STORE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {A: a}\n"
CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce]}\n"
INGRESS = (
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
    "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n"
)
SCALER = (
    "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
    "spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 3}\n"
)
MANY = [
    pod(
        "envFrom: [{configMapRef: {name: conf}}], volumeMounts: [{name: d, mountPath: /d}]",
        "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]",
    ),
    pod(kind="StatefulSet").replace("metadata: {name: web}\n", "metadata: {name: db}\n").replace("app: web", "app: db"),
    service("{port: 80}, {port: 90, targetPort: 91}"),
    service("{port: 80}, {port: 90, targetPort: 92}", "also", "type: NodePort"),
    service("{port: 5432}", "db").replace("app: web", "app: db"),
    STORE,
    CLAIM,
    INGRESS,
    SCALER,
]


@given(st.permutations(MANY))
@settings(max_examples=60, deadline=None)
def test_the_order_of_documents_has_no_meaning(texts: list[str]) -> None:
    shuffled, expected = read_text(documents(*texts)), read_text(documents(*MANY))
    assert normalise(shuffled).application == normalise(expected).application
    assert sorted(codes(shuffled)) == sorted(codes(expected))
    assert sorted_extras(shuffled) == sorted_extras(expected)


def sorted_extras(definition: Definition) -> list[tuple[tuple[str, ...], tuple[str, ...], object]]:
    """Give extras in the order of their places."""
    found = [(extra.path, tuple(map(str, extra.location)), extra.value) for extra in definition.extras]
    return sorted(found, key=lambda item: item[:2])


def is_read_or_refused(name: str, text: str) -> bool:
    """Tell whether a text is read, or refused with its place; anything else that is raised is a fault."""
    try:
        read_files(name, {name: text})
    except InvalidInput as error:
        return error.origin is not None and error.origin.file == name
    return True


DAMAGE = ["", "[]", "{}", "null", "0", "'", "- ", ": ", "true", "&a", "*a", "\t", "\0", "..", "é"]


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_manifests_are_read_or_refused_with_a_place(data: st.DataObject) -> None:
    text = documents(*MANY)
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 12))
    assert is_read_or_refused("a.yaml", text[:start] + data.draw(st.sampled_from(DAMAGE)) + text[start + length :])


WORDS = [
    "kind",
    "spec",
    "name",
    "metadata",
    "ports",
    "containers",
    "template",
    "a",
    "web",
    "Deployment",
    "Service",
    "v1",
]
trees = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 70000) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)


KINDS = ["Deployment", "Service", "CronJob", "Pod", "ConfigMap", "Secret", "Ingress", "HorizontalPodAutoscaler"]
VERSIONS = {
    "Deployment": "apps/v1",
    "CronJob": "batch/v1",
    "Ingress": "networking.k8s.io/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
}


@given(st.sampled_from(KINDS), trees)
@settings(max_examples=100, deadline=None)
def test_any_tree_is_read_or_refused(kind: str, tree: object) -> None:
    version = VERSIONS.get(kind, "v1")
    text = json.dumps({"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, "spec": tree, "data": tree})
    assert is_read_or_refused("a.json", text)


def test_a_template_of_a_chart_is_told_from_a_manifest() -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-conf\n"
    with pytest.raises(InvalidInput, match="a template of a Helm chart, and no manifest") as caught:
        read(source("shop/templates/conf.yaml"), memory_context({"shop/templates/conf.yaml": template}))
    assert (caught.value.origin, caught.value.hint) == (
        Origin("shop/templates/conf.yaml", 4, 10),
        "read its chart: helm:shop",
    )
