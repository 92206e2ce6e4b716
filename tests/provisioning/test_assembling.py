"""What was made of resources joins the definition, or stands beside it in the platform's own words."""

from typing import Any

import pytest

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.image import parse_image
from isomorph.model.workload import Container, Exposure, Order, Port, Workload
from isomorph.provisioning.assembling import GATE, assemble
from isomorph.provisioning.contract import Fragments, Parts, Request, Result, Target
from isomorph.provisioning.engine import provision
from tests.provisioning.provisioners import Given, web

TWO = "one: {type: thing}\ntwo: {type: thing}\n"


def realise(resources: str, give: Any, platform: str = "compose") -> Definition:
    """Assemble one workload, `web`, whose resources of type `thing` a function makes."""
    definition = web(resources)
    made = provision(definition, [Given("thing", give)], Target(platform))
    return assemble(definition, made.resources, platform)


def server(request: Request, *exposures: Exposure) -> Result:
    """Give a workload of the resource's name that listens on port 1000."""
    port = Port(1000, 1000, exposures=exposures)
    workload = Workload(request.name, containers={"main": Container(image=parse_image("x"))}, ports={"1000/tcp": port})
    return Result(parts=Parts(workloads={request.name: workload}, waits={request.name: "healthy"}))


def extras(definition: Definition) -> dict[tuple[Any, ...], Any]:
    return {(*each.path, *each.location): each.value for each in definition.extras if each.platform == "compose"}


def test_workloads_that_realise_resources_are_waited_for_where_that_can_be_said() -> None:
    for platform, order in (
        ("compose", {"web-one": Order("healthy"), "web-two": Order("healthy")}),
        ("kubernetes", {}),
    ):
        application = realise(TWO, server, platform).application
        assert list(application.workloads) == ["web", "web-one", "web-two"]
        assert application.workloads["web"].order == order
        assert application.dependencies == {}
        assert application.workloads["web"].dependencies == {}


def test_a_realisation_does_not_take_the_name_of_a_workload() -> None:
    def give(_: Request) -> Result:
        return Result(parts=Parts(workloads={"web": Workload("web")}))

    with pytest.raises(InvalidInput, match="realised by a workload web, and there is one of that name"):
        realise(TWO, give)


def test_two_resources_share_a_realisation_only_where_it_is_the_same() -> None:
    def give(request: Request) -> Result:
        return Result(parts=Parts(workloads={"broker": Workload(request.name if differ else "broker")}))

    differ = False
    assert list(realise(TWO, give).application.workloads) == ["web", "broker"]
    differ = True
    with pytest.raises(InvalidInput, match="are both realised by a workload broker"):
        realise(TWO, give)


def test_a_port_of_the_machine_leads_to_the_first_realisation_that_asks_for_it() -> None:
    free = (Exposure("host", None), Exposure("load-balancer", 80))
    definition = realise(TWO, lambda request: server(request, Exposure("host", 9000), *free))
    exposures = {
        name: each.ports["1000/tcp"].exposures for name, each in definition.application.workloads.items() if each.ports
    }
    assert exposures == {
        "web-one": (Exposure("host", 9000), *free),
        "web-two": free,
    }
    (told,) = definition.diagnostics
    assert (told.code, told.message) == ("lost", "port 9000 of the machine leads to web-one, and so not to web-two")


def test_workloads_wait_at_a_gate_for_services_of_provisioners() -> None:
    services = {
        "db": {"image": "db", "healthcheck": {"test": ["CMD", "true"]}},
        "setup": {"image": "db", "labels": {"dev.score.compose.labels.is-init-container": "true"}},
        "mail": {"image": "mail"},
    }
    found = extras(realise("one: {type: thing}\n", lambda _: Result(fragments=Fragments(services=services))))
    assert found["services", "db"] == services["db"]
    assert found["services", GATE]["depends_on"] == {
        "db": {"condition": "service_healthy"},
        "mail": {"condition": "service_started"},
        "setup": {"condition": "service_completed_successfully"},
    }
    assert found["workloads", "web", "depends_on", GATE] == {"condition": "service_completed_successfully"}


def test_containers_name_the_models_that_their_workload_uses() -> None:
    model = Result(fragments=Fragments(models={"llm": {"model": "ai/small"}}))
    found = extras(realise("one: {type: thing}\n", lambda _: model))
    assert found == {
        ("models", "llm"): {"model": "ai/small"},
        ("workloads", "web", "containers", "main", "models", "llm"): {},
    }


def test_manifests_of_provisioners_stand_beside() -> None:
    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    definition = realise(TWO, lambda _: Result(fragments=Fragments(manifests=(manifest,))), "kubernetes")
    assert [(each.platform, each.path, each.value) for each in definition.extras if each.value == manifest] == [
        ("kubernetes", (), manifest)
    ]
