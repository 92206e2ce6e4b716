"""What one model becomes on two platforms once it is provisioned: the same, but for what each has of its own."""

import pytest
from msgspec.structs import replace

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding, Verdict
from isomorph.drift.reasons import PROVISIONED
from isomorph.model.application import Definition
from isomorph.model.native import encode_json
from isomorph.model.normalise import normalise
from isomorph.model.workload import Route
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_reader, load_writer
from tests.drift.judging import SHOWN
from tests.memory_context import memory_context
from tests.provisioned import shop


def generated(name: str, platform: str, definition: Definition) -> Environment:
    """Write a definition with its secrets, and read what was written."""
    options = WriteOptions(name="shop", secrets=True)
    files = load_writer(platform)(normalise(definition, resolve_configurations=False), options).files
    texts = {file.path: file.content if isinstance(file.content, str) else file.content.decode() for file in files}
    path = "." if files[0].in_folder else files[0].path
    return Environment(name, normalise(load_reader(platform)(Source(path), memory_context(texts))))


def judge(one: Environment, other: Environment) -> tuple[Finding, ...]:
    return compare([one, other]).findings


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(each.verdict.value, each.rule, each.subject) for each in findings if each.verdict in SHOWN]


def made_up(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(each.workload, each.subject) for each in findings if each.reason == PROVISIONED}


@pytest.mark.parametrize(
    "platforms",
    ["compose kubernetes", "kubernetes kubernetes", "compose compose", "terraform kubernetes", "compose terraform"],
)
@pytest.mark.parametrize("size", [1 << 30, None])
def test_one_model_compares_clean(platforms: str, size: int | None) -> None:
    one, other = platforms.split()
    findings = judge(generated("a", one, shop(2, size=size)), generated("b", other, shop(2, size=size)))
    assert told(findings) == []
    assert made_up(findings) == set()


@pytest.mark.parametrize(
    "platforms", ["compose kubernetes", "kubernetes compose", "kubernetes kubernetes", "compose terraform"]
)
def test_passwords_of_its_own_are_expected_of_every_environment(platforms: str) -> None:
    one, other = platforms.split()
    findings = judge(
        generated("a", one, shop(password="hunter-one")), generated("b", other, shop(password="hunter-two"))
    )
    assert told(findings) == []
    assert made_up(findings) == {
        ("orders", "DB_URL"),
        ("orders", "DB_PASSWORD"),
        ("orders", "/etc/orders/app.conf"),
        ("orders-db", "POSTGRES_PASSWORD"),
    }
    assert b"hunter" not in encode_json(findings)


def test_waiting_for_a_database_is_nothing_that_kubernetes_could_say() -> None:
    findings = judge(generated("a", "compose", shop(waits=True)), generated("b", "kubernetes", shop(waits=True)))
    assert told(findings) == []
    (order,) = [each for each in findings if each.rule == "lifecycle.order"]
    assert order.verdict is Verdict.EXPECTED
    assert (order.reason or "").startswith("cannot say")


def test_a_route_without_a_port_leads_to_the_only_one() -> None:
    def routed(port: int | None) -> Environment:
        definition = shop()
        orders = definition.application.workloads["orders"]
        workload = replace(orders, ports={"80/tcp": orders.ports["80/tcp"]}, routes={"a/": Route("a", "/", port)})
        application = replace(
            definition.application, workloads={**definition.application.workloads, "orders": workload}
        )
        return Environment(str(port), replace(definition, application=application, platform="kubernetes"))

    assert told(judge(routed(None), routed(80))) == []
    assert told(judge(routed(81), routed(80))) == [("drift", "route.missing", "a/")]
