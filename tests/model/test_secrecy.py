"""What counts as a secret, by name and by place, and that it is not shown."""

import pytest

from isomorph.model.application import Application, Secret
from isomorph.model.secrecy import is_secret_name, mask_application, mask_value
from isomorph.model.text import Address, SecretValue, Text
from isomorph.model.workload import Container, Workload


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "PASSWORD", "password", "dbPassword", "PASSWD", "apiKey", "API_KEY", "APIKEY", "myapikey", "KEYS",
     "client-secret", "TOKEN", "access.token", "CREDENTIALS", "PGPASS"[2:], "SecretsFile", "ssh_key"],
)  # fmt: skip
def test_names_that_say_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["KEYBOARD", "MONKEY", "COMPASS", "HOST", "BYPASS_CACHE", "KEYSPACE", "URL", ""])
def test_names_that_do_not(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("DB_PASSWORD", "hunter2", "***"),
        ("DB_PASSWORD", "", ""),
        ("DB_PASSWORD", (SecretValue("db", "p"),), (SecretValue("db", "p"),)),
        ("URL", "amqp://user:hunter2@host/", "amqp://user:***@host/"),
        ("URL", ("amqp://user:hunter2@", Address("mq", "mq", 5672)), ("amqp://user:***@", Address("mq", "mq", 5672))),
        ("URL", "http://host:80/a@b", "http://host:80/a@b"),
        ("HOST", "db", "db"),
    ],
)
def test_a_value_as_it_may_be_shown(name: str, text: Text, shown: Text) -> None:
    assert mask_value(name, text) == shown


def test_an_application_as_it_may_be_shown_holds_no_secret() -> None:
    container = Container(variables={"TOKEN": "hunter2", "URL": "x://u:hunter2@h"}, args=("x://u:hunter2@h",))
    application = Application(
        workloads={"web": Workload("web", containers={"web": container})}, secrets={"s": Secret({"k": "hunter2"})}
    )
    assert "hunter2" not in repr(mask_application(application))
