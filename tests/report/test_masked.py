"""Secrets do not reach what is shown."""

import msgspec
import pytest

from isomorph.model.application import Application, Configuration, Definition, Extra, Secret
from isomorph.model.native import print_native
from isomorph.model.text import Placeholder, SecretValue
from isomorph.model.workload import Container, Exec, Probe, Workload
from isomorph.report.masked import mask_data, mask_definition
from isomorph.report.model_table import print_model
from isomorph.report.terminal import Style

HIDDEN = "do-not-tell"


def definition() -> Definition:
    container = Container(
        command=("serve", "--password", HIDDEN, f"--api-key={HIDDEN}", (Placeholder("${X}", "X"), "y")),
        variables={
            "DB_PASSWORD": HIDDEN,
            "URL": f"amqp://user:{HIDDEN}@queue:5672",
            "FROM_STORE": (SecretValue("store", "key"),),
        },
        readiness=Probe(Exec(("check", f"--token={HIDDEN}"))),
    )
    return Definition(
        Application(
            workloads={"web": Workload("web", containers={"web": container})},
            secrets={"store": Secret({"key": HIDDEN})},
            configurations={"settings": Configuration({"ADMIN_PASSWORD": HIDDEN, "LEVEL": "debug"})},
        ),
        "compose",
        extras=(Extra("compose", ("workloads", "web"), ("build", "args"), {"NPM_TOKEN": HIDDEN, "LEVEL": "1"}),),
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_secret_is_shown(form: str) -> None:
    masked = mask_definition(definition())
    text = print_model(masked, Style(False, 140)) if form == "text" else print_native(masked).decode()
    assert HIDDEN not in text
    for kept in ("debug", "--password", "--api-key=***", "amqp://user:***@queue:5672", "serve"):
        assert kept in text


def test_what_is_not_secret_stays_as_it_is() -> None:
    container = mask_definition(definition()).application.workloads["web"].containers["web"]
    assert container.command is not None
    assert container.command[4] == (Placeholder("${X}", "X"), "y")
    plain = msgspec.structs.replace(definition(), application=Application(name="shop"), extras=())
    assert mask_definition(plain) == plain


def test_plain_data() -> None:
    assert mask_data({"a": {"API_KEY": 5, "x": ["TOKEN=abc", "PLAIN=abc"], "passwords": True}}) == {
        "a": {"API_KEY": "***", "x": ["TOKEN=***", "PLAIN=abc"], "passwords": True}
    }
