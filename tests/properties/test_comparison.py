"""Laws of the comparison: nothing differs from itself, both directions tell the same, order means nothing."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding, Report, Verdict
from isomorph.model.application import Application, Definition
from isomorph.model.fields import FIELDS
from isomorph.model.native import parse_native, print_native
from isomorph.model.normalise import normalise
from isomorph.model.workload import Workload
from tests.field_examples import EXAMPLES

PLATFORM = "kubernetes"
QUIET = {Verdict.EXPECTED, Verdict.DEFAULT}

#: Fields whose example is what silence means already, or that are not compared.
SILENT = {
    "kind.service",
    "container.main",
    "lifecycle.restart",
    "labels",
    "dependency",
    "port.exposure.node",
    "network.reach",
}


def definition(application: Application) -> Definition:
    return normalise(Definition(application, PLATFORM))


def report(one: Application, other: Application) -> Report:
    return compare([Environment("one", definition(one)), Environment("other", definition(other))])


def join(fields: tuple[str, ...]) -> Application:
    """Lay the examples of several fields over each other; a later one wins where both speak."""
    workload: dict[str, Any] = {}
    container: dict[str, Any] = {}
    shared: dict[str, Any] = {}
    for field in fields:
        application = EXAMPLES[field].application
        for name in ("volumes", "secrets", "configurations", "dependencies"):
            shared.setdefault(name, {}).update(getattr(application, name))
        web = application.workloads["web"]
        for name in Workload.__struct_fields__:
            if name not in ("name", "containers") and getattr(web, name) != getattr(Workload("web"), name):
                workload[name] = getattr(web, name)
        for key, each in web.containers.items():
            said = {name: getattr(each, name) for name in each.__struct_fields__ if getattr(each, name)}
            container.setdefault(key, {}).update(said)
    containers = {key: EXAMPLES["kind.service"].application.workloads["web"].containers["web"].__class__(**said)
                  for key, said in container.items()}  # fmt: skip
    web = Workload("web", containers=containers, **{"names": ("web",), **workload})
    others = {"db": EXAMPLES["lifecycle.order"].application.workloads["db"]} if "lifecycle.order" in fields else {}
    return Application(name="shop", workloads={"web": web, **others}, **shared)


applications = st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=12, unique=True).map(tuple).map(join)


def mirrored(finding: Finding) -> tuple[Any, ...]:
    sides = tuple(side.value for side in reversed(finding.sides))
    return (
        finding.rule,
        finding.verdict,
        finding.severity,
        finding.workload,
        finding.container,
        finding.subject,
        sides,
    )


def as_told(finding: Finding) -> tuple[Any, ...]:
    sides = tuple(side.value for side in finding.sides)
    return (
        finding.rule,
        finding.verdict,
        finding.severity,
        finding.workload,
        finding.container,
        finding.subject,
        sides,
    )


@pytest.mark.parametrize("field", FIELDS)
def test_an_application_does_not_differ_from_itself(field: str) -> None:
    found = report(EXAMPLES[field].application, EXAMPLES[field].application).findings
    assert [as_told(finding) for finding in found if finding.verdict not in QUIET] == []


@pytest.mark.parametrize("field", sorted(set(FIELDS) - SILENT))
def test_what_is_said_on_one_side_only_is_told(field: str) -> None:
    bare = EXAMPLES["kind.service"].application
    said = EXAMPLES[field].application
    rules = {finding.rule for finding in report(bare, said).findings if finding.verdict is not Verdict.DEFAULT}
    # What is missing whole hides its parts: a probe its timing, a port its exposure, a scheduled job its schedule.
    whole = {f"{field.split('.')[0]}.missing", "workload.missing", "workload.kind"}
    assert rules & {*FIELDS[field].rules, *whole}, rules


@given(applications)
@settings(max_examples=60, deadline=None)
def test_nothing_differs_from_itself(application: Application) -> None:
    found = report(application, application).findings
    assert [as_told(finding) for finding in found if finding.verdict not in QUIET] == []


@given(applications, applications)
@settings(max_examples=60, deadline=None)
def test_both_directions_tell_the_same(one: Application, other: Application) -> None:
    there = sorted(map(as_told, report(one, other).findings), key=repr)
    back = sorted(map(mirrored, report(other, one).findings), key=repr)
    assert there == back


@given(applications, applications, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_means_nothing(one: Application, other: Application, chance: random.Random) -> None:
    def shuffle(application: Application) -> Application:
        workloads = list(application.workloads.items())
        chance.shuffle(workloads)
        shuffled = {}
        for key, workload in workloads:
            containers = {}
            for name, container in workload.containers.items():
                variables = list(container.variables.items())
                chance.shuffle(variables)
                containers[name] = msgspec.structs.replace(container, variables=dict(variables))
            shuffled[key] = msgspec.structs.replace(workload, containers=containers)
        return msgspec.structs.replace(application, workloads=shuffled)

    ordered, disordered = report(one, other).findings, report(shuffle(one), shuffle(other)).findings
    assert [finding.fingerprint for finding in ordered] == [finding.fingerprint for finding in disordered]


@given(applications)
@settings(max_examples=60, deadline=None)
def test_the_json_form_round_trips(application: Application) -> None:
    before = definition(application)
    assert parse_native(print_native(before)) == before


@given(applications)
@settings(max_examples=60, deadline=None)
def test_normalising_is_idempotent(application: Application) -> None:
    once = definition(application)
    assert normalise(once) == once
