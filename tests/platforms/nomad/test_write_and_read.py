"""What is written as jobs of Nomad is read back, and a second write is the same to the byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.application import Application, Definition
from isomorph.model.fields import FIELDS
from isomorph.model.image import parse_image
from isomorph.model.normalise import normalise
from isomorph.model.text import Address, SecretValue, Text, make_text
from isomorph.model.workload import Binary, Container, File, Port, Workload
from isomorph.platforms.context import Source
from isomorph.platforms.nomad.reader import read
from isomorph.platforms.nomad.writer import write
from isomorph.platforms.platform import WriteOptions, Written
from tests.field_examples import EXAMPLES
from tests.memory_context import memory_context
from tests.properties.test_comparison import join
from tests.provisioned import shop

DISCOVERIES = ("nomad", "consul")


def write_all(definition: Definition, discovery: str = "nomad") -> Written:
    return write(normalise(definition), WriteOptions(discovery=discovery, secrets=True))


def read_all(written: Written) -> Definition:
    return normalise(read(Source("."), memory_context({file.path: file.content for file in written.files})))


def texts(written: Written) -> dict[str, str | bytes]:
    return {file.path: file.content for file in written.files if file.path.endswith(".nomad.hcl")}


@pytest.mark.parametrize("discovery", DISCOVERIES)
@given(fields=st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=12, unique=True))
@settings(max_examples=60, deadline=None)
def test_a_second_write_is_the_same(discovery: str, fields: list[str]) -> None:
    once = read_all(write_all(Definition(join(tuple(fields)), "model"), discovery))
    again = write_all(once, discovery)
    assert texts(write_all(read_all(again), discovery)) == texts(again)


@pytest.mark.parametrize("discovery", DISCOVERIES)
@pytest.mark.parametrize("field", FIELDS)
def test_what_nomad_says_is_lost_on_no_way_back(discovery: str, field: str) -> None:
    once = read_all(write_all(Definition(EXAMPLES[field].application, "model"), discovery))
    again = write_all(once, discovery)
    assert [each.message for each in again.diagnostics if each.code == "lost"] == []
    assert read_all(again).application == once.application


SIGNS = ["a", "b", " ", "\t", "\n", '"', "'", "\\", "$", "%", "{", "}", "#", "=", "`", "-", "/", "é", "\u2028", "\x01"]
SEQUENCES = ["${", "%{", "{{", "}}", "$$", "${A}", "${NOMAD_DC}", "[[", "{{- ", "EOT\n"]
LITERALS = st.lists(st.sampled_from([*SIGNS, *SEQUENCES]), max_size=9).map("".join)
REFERENCES = st.sampled_from([(Address("db", "db", 5432), "/"), (SecretValue("nomad/jobs/web", "password"),)])
PARTS = st.one_of(LITERALS.map(lambda text: (text,)), REFERENCES)
TEXTS = st.lists(PARTS, max_size=4).map(lambda parts: make_text([part for each in parts for part in each]))


def applications(container: Container) -> Application:
    db = Workload(
        "db",
        names=("db",),
        containers={"db": Container(image=parse_image("db:1"))},
        ports={"5432/tcp": Port(5432, 5432, name="db")},
    )
    return Application(workloads={"web": Workload("web", containers={"web": container}), "db": db})


@given(args=st.lists(TEXTS, min_size=1, max_size=3), variable=TEXTS, file=TEXTS, data=st.binary(max_size=9))
@settings(max_examples=100, deadline=None)
def test_every_text_comes_back(args: list[Text], variable: Text, file: Text, data: bytes) -> None:
    """Whatever a text holds: it passes through HCL, the client, templates and an env file, each with signs of its own."""
    container = Container(
        image=parse_image("web:1"),
        command=("run",),
        args=tuple(args),
        variables={"A": "1", "TEXT": variable},
        files={"/etc/text": File(file), "/etc/data": File(Binary(data))},
    )
    definition = normalise(Definition(applications(container), "nomad"))
    found = read_all(write(definition, WriteOptions())).application.workloads["web"].containers["web"]
    expected = definition.application.workloads["web"].containers["web"]
    assert found.args == expected.args
    assert found.variables["TEXT"] == expected.variables["TEXT"]
    assert found.files["/etc/text"].content == expected.files["/etc/text"].content


@pytest.mark.parametrize("discovery", DISCOVERIES)
def test_what_is_provisioned_comes_back(discovery: str) -> None:
    definition = normalise(shop(2))
    written = write_all(definition, discovery)
    found = read_all(written).application
    assert set(found.workloads) == set(definition.application.workloads)
    before, after = (each.workloads["orders1"].containers["main"] for each in (definition.application, found))
    assert after.variables["DB_URL"] == tuple(
        SecretValue("nomad/jobs/orders1", f"orders1_db_{part.key}") if isinstance(part, SecretValue) else part
        for part in before.variables["DB_URL"]
    )
    assert {file.path: file.mode for file in written.files if file.path.endswith(".nv.hcl")} == {
        "orders.nv.hcl": 0o600,
        "orders-db.nv.hcl": 0o600,
        "orders1.nv.hcl": 0o600,
        "orders1-db.nv.hcl": 0o600,
    }
