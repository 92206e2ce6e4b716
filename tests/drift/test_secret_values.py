"""Values from secret stores: compared where both are known, expected to differ where one was made up, and never shown."""

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Report, Verdict
from isomorph.model.application import Application, Definition, Secret
from isomorph.model.image import Image
from isomorph.model.native import encode_json
from isomorph.model.normalise import normalise
from isomorph.model.text import Placeholder, SecretValue, Text
from isomorph.model.workload import Container, Exec, File, Port, Probe, Workload

FILE = "/etc/orders.conf"
MQ = Workload(
    "mq",
    names=("mq",),
    containers={"mq": Container(image=Image("rabbitmq", tag="4"))},
    ports={"5672/tcp": Port(5672, 5672)},
)


def environment(name: str, platform: str, container: Container, secrets: dict[str, Secret]) -> Environment:
    orders = Workload("orders", names=("orders",), containers={"orders": container})
    application = Application(name="shop", workloads={"orders": orders, "mq": MQ}, secrets=secrets)
    return Environment(name, normalise(Definition(application, platform)))


def judge(one: Container, other: Container, mine: dict[str, Secret], yours: dict[str, Secret]) -> Report:
    """Compare the container of a Compose file with that of manifests."""
    return compare([environment("a", "compose", one, mine), environment("b", "kubernetes", other, yours)])


def verdicts(report: Report) -> list[str]:
    """Give what was found, but for what the platforms' nature makes of everything."""
    about = ("variable", "secret", "file", "process.command", "process.args", "probe.check", "reference")
    return [
        f"{each.verdict.value} {each.rule}" + (f": {each.reason}" if each.reason else "")
        for each in report.findings
        if each.rule.startswith(about)
    ]


def container(text: Text, place: str) -> Container:
    """Put a text into a variable, a file, an argument or a probe of a container."""
    image = Image("orders", tag="1")
    if place == "variable.value":
        return Container(image=image, variables={"BROKER": text})
    if place == "file.content":
        return Container(image=image, files={FILE: File(text)})
    if place == "process.command":
        return Container(image=image, command=("orders", text), args=("--fast",))
    if place == "process.args":
        return Container(image=image, args=("--broker", text))
    return Container(image=image, readiness=Probe(Exec(("check", text))))


def known(value: str, *, provisioned: bool = False) -> dict[str, Secret]:
    return {"broker": Secret({"password": value}, provisioned=provisioned)}


PLACES = ("variable.value", "file.content", "process.command", "process.args", "probe.check")
URL: Text = ("amqp://orders:", SecretValue("broker", "password"), "@mq:5672/")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("mine", "yours", "verdict"),
    [
        (known("p4ss-one"), known("p4ss-one"), []),
        (known("p4ss-one"), known("p4ss-two"), ["drift {}"]),
        (known("p4ss-one", provisioned=True), known("p4ss-two"), ["expected {}: provisioned"]),
        (known("p4ss-one"), known("p4ss-two", provisioned=True), ["expected {}: provisioned"]),
        (known("p4ss-one", provisioned=True), known("p4ss-one", provisioned=True), []),
        (known("p4ss-one", provisioned=True), {}, []),
        ({}, {}, []),
        ({"broker": Secret({"password": (Placeholder("${BROKER}", "BROKER"),)})}, known("p4ss-two"), []),
    ],
)
def test_values_are_compared_where_both_are_known(
    place: str, mine: dict[str, Secret], yours: dict[str, Secret], verdict: list[str]
) -> None:
    report = judge(container(URL, place), container(URL, place), mine, yours)
    assert verdicts(report) == [each.format(place) for each in verdict]
    assert b"p4ss" not in encode_json(list(report.findings))


@pytest.mark.parametrize("place", PLACES)
def test_text_around_a_secret_is_compared_even_where_the_value_is_made_up(place: str) -> None:
    other: Text = ("amqp://admin:", SecretValue("broker", "password"), "@mq:5672/")
    mine, yours = known("p4ss-one", provisioned=True), known("p4ss-two", provisioned=True)
    assert verdicts(judge(container(URL, place), container(other, place), mine, yours)) == [f"drift {place}"]


def test_a_peer_that_is_gone_is_told_around_a_secret() -> None:
    other: Text = ("amqp://orders:", SecretValue("broker", "password"), "@queue:5672/")
    report = judge(container(URL, "variable.value"), container(other, "variable.value"), {}, {})
    assert verdicts(report) == ["drift reference.dangling"]


TEMPLATE: Text = ("url = ", *URL, "\nretry = 3\n")
WHOLE: Text = (SecretValue("orders-secret-files", "orders.conf"),)


def composed(content: str, *, provisioned: bool = True) -> dict[str, Secret]:
    return {"orders-secret-files": Secret({"orders.conf": content}, provisioned=provisioned)}


@pytest.mark.parametrize(
    ("content", "provisioned", "mine", "verdict"),
    [
        ("url = amqp://orders:p4ss-one@mq:5672/\nretry = 3\n", True, known("p4ss-one", provisioned=True), []),
        ("url = amqp://orders:p4ss-one@mq:5672/\r\nretry = 3\r\n", True, known("p4ss-one", provisioned=True), []),
        ("url = amqp://orders:p4ss-two@mq:5672/\nretry = 3\n", False, {}, []),
        ("url = amqp://orders:p4ss-two@mq:5672/\nretry = 3\n", True, known("p4ss-one"), ["expected: provisioned"]),
        ("url = amqp://orders:p4ss-two@mq:5672/\nretry = 3\n", False, known("p4ss-one"), ["drift"]),
        ("url = amqp://orders:p4ss-one@mq:5672/\nretry = 4\n", True, known("p4ss-one", provisioned=True), ["drift"]),
        ("url = amqp://orders:p4ss-one@elsewhere:5672/\nretry = 3\n", True, {}, ["drift"]),
    ],
)
def test_a_file_kept_whole_in_a_store_is_the_text_that_is_put_together(
    content: str, provisioned: bool, mine: dict[str, Secret], verdict: list[str]
) -> None:
    one, other = container(TEMPLATE, "file.content"), container(WHOLE, "file.content")
    report = judge(one, other, mine, composed(content, provisioned=provisioned))
    expected = [
        f"{word} file.content{colon}{reason}" for word, colon, reason in (each.partition(":") for each in verdict)
    ]
    assert verdicts(report) == expected
    mirrored = judge(other, one, composed(content, provisioned=provisioned), mine)
    assert verdicts(mirrored) == expected
    assert b"p4ss" not in encode_json([*report.findings, *mirrored.findings])


def test_a_file_kept_whole_whose_content_is_not_known_may_be_anything() -> None:
    other = container(WHOLE, "file.content")
    assert verdicts(judge(container(TEMPLATE, "file.content"), other, known("p4ss-one"), {})) == []


def test_a_name_that_is_a_secret_on_one_side_only() -> None:
    both: Text = ("amqp://", SecretValue("user"), ":", SecretValue("broker", "password"), "@mq:5672/")
    one, other = container(both, "variable.value"), container(URL, "variable.value")
    user = {"user": Secret({"user": "orders"}), **known("p4ss-one")}
    assert verdicts(judge(one, other, user, known("p4ss-one"))) == []
    assert verdicts(judge(one, other, user, known("p4ss-two"))) == ["drift variable.value"]
    assert verdicts(judge(one, other, user, known("p4ss-two", provisioned=True))) == [
        "expected variable.value: provisioned"
    ]


def test_a_url_kept_whole_names_each_sides_own_peer() -> None:
    whole: Text = (SecretValue("broker", "url"),)
    mine = {"broker": Secret({"url": "amqp://orders:p4ss-one@mq:5672/"})}
    yours = {"broker": Secret({"url": "amqp://orders:p4ss-one@mq.shop.svc:5672/"})}
    far = environment("b", "kubernetes", container(whole, "variable.value"), yours)
    mq = Workload("mq", names=("mq", "mq.shop.svc"), containers=MQ.containers, ports=MQ.ports)
    workloads = {**far.definition.application.workloads, "mq": mq}
    application = Application(name="shop", workloads=workloads, secrets=yours)
    report = compare(
        [
            environment("a", "compose", container(whole, "variable.value"), mine),
            Environment("b", Definition(application, "kubernetes")),
        ]
    )
    assert verdicts(report) == []


def test_a_check_with_a_secret_in_its_header_is_the_same_wherever_that_is_kept() -> None:
    def probe(name: str) -> Container:
        header: Text = ("Authorization: Bearer ", SecretValue(name, "token"))
        return Container(
            image=Image("orders", tag="1"), readiness=Probe(Exec(("curl", "-f", "-H", header, "http://localhost:80/")))
        )

    assert verdicts(judge(probe("one"), probe("other"), {}, {})) == []
    report = judge(
        probe("one"),
        probe("other"),
        {"one": Secret({"token": "p4ss-one"}, provisioned=True)},
        {"other": Secret({"token": "p4ss-two"})},
    )
    assert [each.verdict for each in report.findings if each.rule == "probe.check"] == [Verdict.EXPECTED]
    assert b"p4ss" not in encode_json(report.findings)
