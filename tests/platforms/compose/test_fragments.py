"""Fragments: whole entries of sections that provisioners give as Compose data."""

from typing import Any

import pytest

from isomorph.model.application import Application, Definition, Extra, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image
from isomorph.model.origin import Origin
from isomorph.model.workload import Container, Mount, Order, Workload
from isomorph.platforms.compose.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.platforms.compose.test_write import data_of, text_of, told, write_all

WEB = Workload("web", names=("web",), containers={"web": Container(image=Image("app"))})


def fragment(section: str, name: str, value: Any) -> Extra:
    return Extra("compose", (), (section, name), value, Origin("provisioners.yaml", 7, 3))


def wait(service: str, condition: str) -> Extra:
    return Extra("compose", ("workloads", "web"), ("depends_on", service), {"condition": condition})


def test_fragments_follow_what_workloads_bring() -> None:
    written = write_all(
        WEB,
        extras=(
            fragment("services", "pg", {"restart": "always", "image": "postgres:17", "environment": {"A": "$$x ${Y}"}}),
            fragment("volumes", "pg-data", {"driver": "local", "labels": {"a": "b"}}),
            fragment("networks", "back", {"internal": True}),
            fragment("models", "llm", {"model": "ai/smollm2"}),
        ),
    )
    assert (
        text_of(written)
        == """\
services:
  web:
    image: app
  pg:
    restart: always
    image: postgres:17
    environment:
      A: "$$x ${Y}"
networks:
  back:
    internal: true
volumes:
  pg-data:
    driver: local
    labels:
      a: b
models:
  llm:
    model: ai/smollm2
"""
    )
    assert told(written) == []
    assert written.variables == ("Y",)


def test_a_service_of_a_workloads_name_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"provisioners\.yaml:7:3: service web, which .* workload web") as refused:
        write_all(WEB, extras=(fragment("services", "web", {"image": "a"}),))
    assert refused.value.hint


def test_a_container_of_a_workload_makes_way() -> None:
    containers = {"web": Container(image=Image("app")), "side": Container(image=Image("b"))}
    two = Workload("web", names=("web",), containers=containers)
    services = data_of(write_all(two, extras=(fragment("services", "web-side", {"image": "a"}),)))["services"]
    assert {name: service["image"] for name, service in services.items()} == {
        "web": "app",
        "web-side-2": "b",
        "web-side": "a",
    }


def test_a_volume_that_a_workload_mounts_is_the_fragments() -> None:
    container = Container(image=Image("app"), mounts={"/d": Mount("data")})
    web = Workload("web", names=("web",), containers={"web": container})
    for volumes in ({}, {"data": Volume("persistent")}):
        data = data_of(write_all(web, volumes=volumes, extras=(fragment("volumes", "data", {"name": "x-data"}),)))
        assert data["volumes"] == {"data": {"name": "x-data"}}
        assert data["services"]["web"]["volumes"] == ["data:/d"]


def test_a_network_that_a_workload_joins_is_the_fragments() -> None:
    web = Workload("web", names=("web",), networks=("back",), containers={"web": Container(image=Image("app"))})
    data = data_of(write_all(web, extras=(fragment("networks", "back", {"external": True}),)))
    assert data["networks"] == {"back": {"external": True}}


def test_a_workload_waits_for_a_fragment() -> None:
    gate = fragment("services", "wait-for-resources", {"image": "alpine"})
    written = write_all(WEB, extras=(gate, wait("wait-for-resources", "service_completed_successfully")))
    assert data_of(written)["services"]["web"]["depends_on"] == {
        "wait-for-resources": {"condition": "service_completed_successfully"}
    }
    assert told(written) == []
    ordered = Workload("web", names=("web",), containers=WEB.containers, order={"pg": Order("healthy")})
    written = write_all(ordered, extras=(fragment("services", "pg", {"image": "a"}), wait("gone", "service_started")))
    assert data_of(written)["services"]["web"]["depends_on"] == {"pg": {"condition": "service_healthy"}}
    assert told(written) == [("lost", "web: waits for gone, which is not here")]


def test_the_output_is_finished_as_plain_data() -> None:
    def finish(root: dict[str, Any]) -> dict[str, Any]:
        assert list(root["services"]) == ["web", "pg"]
        return {**root, "x-patched": True, "services": {"web": {**root["services"]["web"], "image": "other:${TAG}"}}}

    definition = Definition(
        Application(workloads={"web": WEB}), "score", extras=(fragment("services", "pg", {"image": "a"}),)
    )
    written = write(definition, WriteOptions(finish=finish))
    assert text_of(written) == 'services:\n  web:\n    image: "other:${TAG}"\nx-patched: true\n'
    assert written.variables == ("TAG",)
