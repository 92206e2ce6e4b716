"""Templates: what `oc process` would make of them, and what stays open."""

from typing import Any

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Verdict
from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.normalise import normalise
from isomorph.model.text import Placeholder
from tests.platforms.openshift.openshift_texts import SERVICE, pods, read_text, route, template, told

WEB = pods(container="image: 'quay.io/shop/web:${TAG}', env: [{name: A, value: '${A}'}]", spec="replicas: '${{COUNT}}'")


def parameters(tag: str = "value: '1.2'", a: str = "value: x", count: str = "value: '3'") -> str:
    return f"{{name: TAG, {tag}}}, {{name: A, {a}}}, {{name: COUNT, {count}}}"


def test_values_are_put_in() -> None:
    workload = read_text(template(parameters(), WEB)).application.workloads["web"]
    container = workload.containers["web"]
    assert (container.variables, workload.scale.replicas) == ({"A": "x"}, 3)
    assert container.image is not None
    assert container.image.tag == "1.2"


def test_a_value_is_told_in_the_template_and_behind_it_where_the_parameter_has_it() -> None:
    definition = read_text(template(parameters(a="value: hidden-here"), WEB))
    origin = definition.origins.find(("workloads", "web", "containers", "web", "variables", "A"))
    assert origin is not None
    (behind,) = origin.via
    text = template(parameters(a="value: hidden-here"), WEB).splitlines()
    assert text[origin.line - 1][origin.column - 1 :].startswith("'${A}'")
    assert text[behind.line - 1][behind.column - 1 :].startswith("hidden-here")


def test_what_is_given_counts_more() -> None:
    definition = read_text(
        template(parameters(), WEB),
        files={"prod.env": "# of production\n\nTAG=2.0\nA=from a file\n"},
        **{"param-file": "prod.env", "param": "A=given"},
    )
    container = definition.application.workloads["web"].containers["web"]
    assert container.variables == {"A": "given"}
    assert container.image is not None
    assert container.image.tag == "2.0"
    origin = definition.origins.find(("workloads", "web", "containers", "web", "image"))
    assert origin is not None
    assert [str(each) for each in origin.via] == ["prod.env:3:1"]
    assert definition.sources == ("a.yaml", "prod.env")


def test_what_nothing_settles_stays_open() -> None:
    definition = read_text(
        template(parameters("required: true", "generate: expression, from: '[a-z]{8}'", "required: true"), WEB)
    )
    workload = definition.application.workloads["web"]
    container = workload.containers["web"]
    assert container.variables == {"A": (Placeholder("${A}", "A"),)}
    assert container.image is not None
    assert container.image.tag == (Placeholder("${TAG}", "TAG"),)
    assert workload.scale.replicas == Placeholder("${{COUNT}}", "COUNT")
    assert [code for code, _ in told(definition)] == ["unset-variable"] * 3
    assert "parameter A is made up when the template is processed" in told(definition)[1][1]


def test_a_random_value_is_the_same_on_both_sides_and_open_against_another() -> None:
    text = template(parameters(a="generate: expression, from: '[a-z]{8}'"), WEB)
    sides = [read_text(text), read_text(text), read_text(text, param="A=x")]
    one, other, given = (Environment(str(number), normalise(each)) for number, each in enumerate(sides))
    assert compare([one, other]).findings == ()
    (finding,) = compare([one, given]).findings
    assert (finding.rule, finding.verdict) == ("variable.value", Verdict.UNRESOLVED)


def test_what_is_not_required_is_empty() -> None:
    definition = read_text(template(parameters(a="description: none"), WEB))
    assert definition.application.workloads["web"].containers["web"].variables == {"A": ""}
    assert told(definition) == []


def test_what_is_no_parameter_is_left_alone() -> None:
    shell = pods(container="image: 'web:1', args: ['${HOME} ${A} $(B) ${{A}}!']")
    container = read_text(template("{name: A, value: x}", shell)).application.workloads["web"].containers["web"]
    assert container.args == ("${HOME} x $(B) ${{A}}!",)


def test_names_and_keys_take_parameters_too() -> None:
    text = pods(
        "'${NAME}'", "image: 'web:1', env: [{name: V, valueFrom: {configMapKeyRef: {name: c, key: '${NAME}'}}}]"
    )
    held = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {'${NAME}': here}\n"
    definition = normalise(read_text(template("{name: NAME, value: shop}", text, held)))
    assert definition.application.workloads["shop"].containers["shop"].variables == {"V": "here"}


def test_labels_are_added_and_a_written_namespace_is_dropped() -> None:
    text = pods(container="image: 'web:1'", metadata="namespace: elsewhere")
    kept = pods("other", "image: 'web:1'", metadata="namespace: '${NS}'")
    definition = read_text(template("{name: NS, value: here}", text, kept, more="labels: {release: '${NS}'}\n"))
    workloads = definition.application.workloads
    assert workloads["web"].labels["release"] == "here"
    assert (workloads["web"].namespace, workloads["other"].namespace) == (None, "here")


def test_secrets_that_are_not_settled_are_not_decoded() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: '${A}', b: Yg==}\nstringData: {c: '${A}'}\n"
    definition = read_text(template("{name: A, generate: expression, from: '[a-z]{4}'}", secret, SERVICE))
    assert definition.application.secrets["s"].values == {
        "b": "b",
        "a": (Placeholder("${A}", "A"),),
        "c": (Placeholder("${A}", "A"),),
    }


def test_the_host_of_a_route_may_be_open() -> None:
    definition = read_text(
        template(
            "{name: HOST, required: true}",
            pods(container="image: 'web:1'"),
            SERVICE,
            route("host: '${HOST}', to: {kind: Service, name: web}"),
        )
    )
    (way,) = definition.application.workloads["web"].routes.values()
    assert way.host == (Placeholder("${HOST}", "HOST"),)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"param": "TAG"}, "'TAG' gives no parameter; write param=NAME=VALUE"),
        ({"param": "NONE=1"}, "no template has a parameter NONE; there are A, COUNT, TAG"),
    ],
)
def test_options_that_mean_nothing(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_text(template(parameters(), WEB), **options)


@pytest.mark.parametrize(
    ("line", "message"),
    [("TAG", "p.env:2:1: this line gives no parameter"), ("NONE=1", "p.env:2:1: no template has a parameter NONE")],
)
def test_files_that_mean_nothing(line: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_text(template(parameters(), WEB), files={"p.env": f"A=1\n{line}\n"}, **{"param-file": "p.env"})


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{value: x}", "this parameter has no `name`"),
        ("{name: 'a b'}", "'a b' is no name of a parameter"),
        ("{name: A, generate: dice}", "'dice' makes no values of parameters"),
        ("{name: TAG, value: 3}", "`value` must be a string, and it is a number"),
    ],
)
def test_parameters_that_mean_nothing(said: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        read_text(template(said, WEB))
    assert caught.value.origin is not None
    assert caught.value.origin.line == 4
