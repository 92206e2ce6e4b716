"""The model's own JSON form: versioned, and read back unchanged."""

import json

import pytest

from isomorph.model.application import Application, Definition, Dependency, Extra
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.native import SCHEMA, parse_native, print_native
from isomorph.model.origin import Origin, Origins
from isomorph.model.text import Address, InstanceField, Output, Placeholder, SecretValue
from isomorph.model.workload import Binary, Container, Exec, File, Http, Probe, Workload


def example() -> Definition:
    container = Container(
        command=(),
        variables={
            "A": "",
            "B": ("x", Address("db", "db", 5432), Output("cache", "host")),
            "C": (Placeholder("${C}", "C"),),
        },
        files={"/a": File(Binary(b"\x00\xff")), "/b": File((SecretValue("s", "k"),), mode=0o400)},
        liveness=Probe(Http("http", "/x")),
        readiness=Probe(Exec(("cat", (InstanceField("name"),)))),
    )
    return Definition(
        Application(
            workloads={"web": Workload("web", containers={"web": container})},
            dependencies={
                "redis.default#web.cache": Dependency("redis", class_="default", parameters={"a": [1, None]})
            },
        ),
        "score",
        sources=("score.yaml",),
        origins=Origins({("workloads", "web"): Origin("score.yaml", 3, 9, (Origin("base.yaml", 1, 1),))}),
        extras=(Extra("compose", ("workloads", "web"), ("logging", 0), {"driver": "none"}, Origin("c.yaml", 2, 2)),),
        diagnostics=(Diagnostic("lost", "gone", Origin("score.yaml", 4, 1), ("workloads", "web")),),
    )


def test_it_is_read_back_unchanged() -> None:
    assert parse_native(print_native(example())) == example()


def test_it_says_its_version() -> None:
    assert json.loads(print_native(example()))["schema"] == SCHEMA == "isomorph.model/v1"


def test_absent_and_empty_stay_apart() -> None:
    container = json.loads(print_native(example()))["application"]["workloads"]["web"]["containers"]["web"]
    assert container["command"] == []
    assert "args" not in container


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"schema": "other/v9", "platform": "x", "application": {}}', b"\xff"]
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_native(data, "model.json")
