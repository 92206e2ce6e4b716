"""Variables: `env` over `envFrom`, references, `$(VAR)`."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import normalise
from isomorph.model.text import ConfigurationValue, InstanceField, SecretValue, Text
from tests.platforms.kubernetes.reading import codes, container_of, documents, extras, pod, read_text, service

STORES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {A: from-conf, B: conf-b}
binaryData: {X: aGVsbG8=}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
data: {P: cHc=}
stringData: {Q: plain}
"""


def variables(container: str, *, normal: bool = False) -> dict[str, Text]:
    definition = read_text(documents(STORES, pod(container)))
    return container_of(normalise(definition) if normal else definition).variables


def test_env_wins_over_env_from_and_a_later_store_over_an_earlier() -> None:
    found = variables(
        "envFrom: [{configMapRef: {name: conf}}, {secretRef: {name: keys}, prefix: K_}], env: [{name: B, value: own}]",
        normal=True,
    )
    assert found == {
        "A": "from-conf",
        "K_P": (SecretValue("keys", "P"),),
        "K_Q": (SecretValue("keys", "Q"),),
        "B": "own",
    }


def test_key_references_stay_references_until_normal_form() -> None:
    text = "env: [{name: V, valueFrom: {configMapKeyRef: {name: conf, key: A}}}]"
    assert variables(text) == {"V": (ConfigurationValue("conf", "A"),)}
    assert variables(text, normal=True) == {"V": "from-conf"}


def test_the_origin_of_a_referred_value_is_where_it_is_kept_by_way_of_the_reference() -> None:
    definition = read_text(
        documents(STORES, pod("env: [{name: V, valueFrom: {configMapKeyRef: {name: conf, key: A}}}]"))
    )
    origin = definition.origins.find(("workloads", "web", "containers", "web", "variables", "V"))
    assert origin is not None
    assert (origin.line, origin.via[0].line) == (4, 16)


def test_secrets_are_text_where_they_are_text() -> None:
    secrets = read_text(documents(STORES, pod())).application.secrets
    assert secrets["keys"].values == {"P": "pw", "Q": "plain"}


@pytest.mark.parametrize(
    ("reference", "field"),
    [
        ("fieldRef: {fieldPath: metadata.name}", InstanceField("name")),
        ("fieldRef: {fieldPath: status.podIP}", InstanceField("ip")),
        ("fieldRef: {fieldPath: spec.nodeName}", InstanceField("node")),
        (
            "fieldRef: {fieldPath: \"metadata.labels['app.kubernetes.io/name']\"}",
            InstanceField("label:app.kubernetes.io/name"),
        ),
        ("resourceFieldRef: {resource: limits.cpu, divisor: 1m}", InstanceField("limit:cpu", "", "1m")),
        ("resourceFieldRef: {containerName: x, resource: requests.memory}", InstanceField("request:memory", "x")),
    ],
)
def test_fields_of_the_running_instance(reference: str, field: InstanceField) -> None:
    assert variables(f"env: [{{name: V, valueFrom: {{{reference}}}}}]") == {"V": (field,)}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("$(A)-x", "1-x"),
        ("$$(A)", "$(A)"),
        ("$(UNKNOWN)", "$(UNKNOWN)"),
        ("$A $ $", "$A $ $"),
        ("a$$b", "a$b"),
        ("$(A", "$(A"),
        ("$(LATER)", "$(LATER)"),
        ("$(S)!", (SecretValue("keys", "P"), "!")),
    ],
)
def test_expansion(value: str, text: Text) -> None:
    found = variables(
        "env: [{name: A, value: '1'}, {name: S, valueFrom: {secretKeyRef: {name: keys, key: P}}}, "
        f"{{name: V, value: '{value}'}}, {{name: LATER, value: x}}]"
    )
    assert found["V"] == text


def test_variables_that_services_make_are_the_services_address() -> None:
    container = (
        "env: [{name: URL, value: 'http://$(SHOP_API_SERVICE_HOST):$(SHOP_API_SERVICE_PORT)/$(NOPE_SERVICE_HOST)'}]"
    )
    peer = service("{port: 81, name: web}", "shop-api")
    assert container_of(read_text(documents(pod(container), peer))).variables == {
        "URL": "http://shop-api:81/$(NOPE_SERVICE_HOST)"
    }
    without = read_text(documents(pod(container, "enableServiceLinks: false"), peer))
    assert container_of(without).variables == {
        "URL": "http://$(SHOP_API_SERVICE_HOST):$(SHOP_API_SERVICE_PORT)/$(NOPE_SERVICE_HOST)"
    }


def test_variables_that_double_each_other_are_refused() -> None:
    doubling = ", ".join(f"{{name: V{n + 1}, value: '{f'$(V{n})' * 8}'}}" for n in range(12))
    with pytest.raises(InvalidInput, match="beyond all use"):
        read_text(pod(f"env: [{{name: V0, value: aaaaaaaa}}, {doubling}]"))


def test_arguments_see_all_variables() -> None:
    definition = read_text(documents(STORES, pod("args: ['$(B)', '$(A)$$'], envFrom: [{configMapRef: {name: conf}}]")))
    assert container_of(normalise(definition)).args == ("conf-b", "from-conf$")


def test_what_is_not_defined_here_is_told_unless_it_is_optional() -> None:
    definition = read_text(
        pod(
            "envFrom: [{configMapRef: {name: nope}, prefix: P_}, {secretRef: {name: maybe, optional: true}}], "
            "env: [{name: V, valueFrom: {secretKeyRef: {name: nope, key: k}}}]"
        )
    )
    container = container_of(definition)
    assert container.variables_from == (ConfigurationValue("nope"), SecretValue("maybe", "", True))
    assert container.variables == {"V": (SecretValue("nope", "k"),)}
    assert codes(definition) == ["missing-reference", "missing-reference"]
    assert extras(definition) == {("workloads", "web", "containers", "web", "envFrom", "nope", "prefix"): "P_"}


def test_a_key_that_a_store_lacks_is_told() -> None:
    definition = read_text(
        documents(STORES, pod("env: [{name: V, valueFrom: {configMapKeyRef: {name: conf, key: NOPE}}}]"))
    )
    assert codes(definition) == ["missing-reference"]


def test_of_two_of_one_name_the_last_counts() -> None:
    definition = read_text(pod("env: [{name: A, value: a}, {name: A, value: b}]"))
    assert container_of(definition).variables == {"A": "b"}
    assert codes(definition) == ["ignored"]


def test_what_is_not_base64_is_refused_without_showing_it() -> None:
    with pytest.raises(InvalidInput, match="not base64") as caught:
        read_text("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {P: 'hunter2!'}\n")
    assert "hunter2" not in str(caught.value)


def test_stores_of_other_namespaces_are_others() -> None:
    two = "\n---\n".join(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: conf, namespace: {name}}}\ndata: {{A: {name}}}"
        for name in ("one", "two")
    )
    text = pod("env: [{name: V, valueFrom: {configMapKeyRef: {name: conf, key: A}}}]").replace(
        "{name: web}\nspec", "{name: web, namespace: two}\nspec"
    )
    definition = normalise(read_text(documents(two + "\n", text)))
    assert sorted(definition.application.configurations) == ["one/conf", "two/conf"]
    assert container_of(definition).variables == {"V": "two"}


@pytest.mark.parametrize("name", ["_ISOMORPH_1", "__ref_OcYDzKaz7agx53SBNy2mSg"])
def test_a_variable_that_only_carries_a_reference_into_a_text_is_part_of_that_text(name: str) -> None:
    reference = f"{{name: {name}, valueFrom: {{secretKeyRef: {{name: db, key: password}}}}}}"
    found = variables(f"env: [{reference}, {{name: URL, value: 'redis://:$({name})@db'}}]")
    assert found == {"URL": ("redis://:", SecretValue("db", "password"), "@db")}
