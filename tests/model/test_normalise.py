"""The normal form: one peer is one text however it is spelled, and configurations are their values."""

import pytest

from isomorph.model.application import Application, Configuration, Definition
from isomorph.model.normalise import join_ports, link_text, normalise
from isomorph.model.origin import Origin, Origins
from isomorph.model.text import Address, ConfigurationValue, Placeholder, SecretValue, Text
from isomorph.model.workload import Container, Exec, File, Probe, Workload

NAMES = {
    "carts": "carts",
    "carts.shop.svc.cluster.local": "carts",
    "rabbitmq": "rabbitmq",
    "user-db": "user-db",
    "redis": "redis",
}


def carts(port: int | None = None, name: str = "carts") -> Address:
    return Address("carts", name, port)


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("http://carts/x", ("http://", carts(), "/x")),
        ("http://carts:80/x", ("http://", carts(80), "/x")),
        ("http://carts.shop.svc.cluster.local:80/", ("http://", carts(80, "carts.shop.svc.cluster.local"), "/")),
        ("carts.shop.svc.cluster.local", (carts(None, "carts.shop.svc.cluster.local"),)),
        ("carts.shop.svc.cluster.local.", (carts(None, "carts.shop.svc.cluster.local"), ".")),
        ("carts:80", (carts(80),)),
        ("a=carts:80;b", ("a=", carts(80), ";b")),
        ("user-db:1,carts:80", (Address("user-db", "user-db", 1), ",", carts(80))),
        ("amqp://u:p@rabbitmq:5672/", ("amqp://u:p@", Address("rabbitmq", "rabbitmq", 5672), "/")),
        ("Server=tcp:user-db,1433;User ID=sa", ("Server=tcp:", Address("user-db", "user-db"), ",1433;User ID=sa")),
        ("jdbc:postgresql://user-db/x", ("jdbc:postgresql://", Address("user-db", "user-db"), "/x")),
    ],
)
def test_a_name_used_as_an_address_is_the_workload(text: str, linked: Text) -> None:
    assert link_text(text, NAMES) == linked


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        (("http://", carts(), ":80/x"), ("http://", carts(80), "/x")),
        ((carts(), ":80"), (carts(80),)),
        ((carts(), ":80,", carts(), ":81"), (carts(80), ",", carts(81))),
        ((carts(80), ":81"), (carts(80), ":81")),
        ((carts(), ":80x"), (carts(), ":80x")),
        ((carts(), ":", Placeholder("${PORT}", "PORT")), (carts(), ":", Placeholder("${PORT}", "PORT"))),
        ((carts(), "/:80"), (carts(), "/:80")),
        ("carts:80", "carts:80"),
    ],
)
def test_a_port_that_follows_an_address_is_its_own(text: Text, joined: Text) -> None:
    assert join_ports(text) == joined


@pytest.mark.parametrize(
    "text",
    [
        "carts",  # a bare word may mean anything
        "-h carts",
        "redis:7-alpine",  # a tag
        "registry.local/redis:7",  # an image
        "me@carts",
        "carts.conf:80",
        "tcp:carts:80",
        "xcarts:80",
        "http://other/carts",
        "",
    ],
)
def test_a_name_used_otherwise_stays_a_word(text: str) -> None:
    assert link_text(text, NAMES) == text


def definition(containers: dict[str, Container], **more: object) -> Definition:
    workloads = {
        "web": Workload("web", containers=containers, names=("web",)),
        "carts": Workload("carts", names=("carts",)),
    }
    return Definition(Application(workloads=workloads, **more), "compose")  # type: ignore[arg-type]


def test_every_kind_of_text_is_linked() -> None:
    container = Container(
        command=("run", "carts:1"),
        args=("carts:2",),
        variables={"URL": "http://carts:3"},
        files={"/etc/peers": File("peer carts:4\n")},
        readiness=Probe(Exec(("nc", "carts:5"))),
    )
    linked = normalise(definition({"web": container})).application.workloads["web"].containers["web"]
    assert linked == Container(
        command=("run", (carts(1),)),
        args=((carts(2),),),
        variables={"URL": ("http://", carts(3))},
        files={"/etc/peers": File(("peer ", carts(4), "\n"))},
        readiness=Probe(Exec(("nc", (carts(5),)))),
    )


def test_short_names_stay_in_their_namespace() -> None:
    workloads = {
        "a": Workload(
            "a", namespace="one", names=("db", "db.one"), containers={"a": Container(variables={"X": "db:1"})}
        ),
        "b": Workload("b", namespace="two", containers={"b": Container(variables={"X": "db:1", "Y": "db.one:1"})}),
    }
    linked = normalise(Definition(Application(workloads=workloads), "kubernetes")).application.workloads
    assert linked["a"].containers["a"].variables == {"X": (Address("a", "db", 1),)}
    assert linked["b"].containers["b"].variables == {"X": "db:1", "Y": (Address("a", "db.one", 1),)}


def test_a_configuration_becomes_its_value_with_the_origin_of_the_value() -> None:
    before = definition(
        {"web": Container(variables={"LEVEL": (ConfigurationValue("settings", "level"),)})},
        configurations={"settings": Configuration({"level": "debug"})},
    )
    path = ("workloads", "web", "containers", "web", "variables", "LEVEL")
    used, kept = Origin("web.yaml", 3, 5), Origin("settings.yaml", 9, 2)
    before = Definition(
        before.application,
        "kubernetes",
        origins=Origins({path: used, ("configurations", "settings", "values", "level"): kept}),
    )
    after = normalise(before)
    assert after.application.workloads["web"].containers["web"].variables == {"LEVEL": "debug"}
    assert after.origins.find(path) == Origin("settings.yaml", 9, 2).through(used)
    kept_as_written = normalise(before, resolve_configurations=False).application.workloads["web"].containers["web"]
    assert kept_as_written.variables == {"LEVEL": (ConfigurationValue("settings", "level"),)}


def test_an_unknown_configuration_stays_a_reference() -> None:
    reference = (ConfigurationValue("elsewhere", "level"),)
    after = normalise(definition({"web": Container(variables={"LEVEL": reference})}))
    assert after.application.workloads["web"].containers["web"].variables == {"LEVEL": reference}


def test_an_address_after_a_secret_in_a_url_is_linked() -> None:
    secret = SecretValue("db", "password")
    rabbitmq = Address("rabbitmq", "rabbitmq", 5672)
    assert link_text(("amqp://u:", secret, "@rabbitmq:5672/"), NAMES) == ("amqp://u:", secret, "@", rabbitmq, "/")
    assert link_text(("amqp://", secret, ":p@rabbitmq:5672/"), NAMES) == ("amqp://", secret, ":p@", rabbitmq, "/")
    for text in (("mail to ", secret, "@rabbitmq:5672"), ("http://x/", secret, " me@rabbitmq:5672")):
        assert link_text(text, NAMES) == text


def test_a_placeholder_beside_an_address_stays() -> None:
    linked = link_text(("http://carts:80/", Placeholder("${X}", "X")), NAMES)
    assert linked == ("http://", carts(80), "/", Placeholder("${X}", "X"))
