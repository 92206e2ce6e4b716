"""What counts as a secret, by name and by place, and that it is not shown."""

from time import process_time

import pytest

from isomorph.model.application import Application, Secret
from isomorph.model.secrecy import is_secret_name, mask_application, mask_text, mask_value
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


@pytest.mark.parametrize(
    "name", ["PGPASSWORD", "PGPASS", "dbpassword", "authtoken", "clientsecret", "DB_PWD", "Pwd", "passwd"]
)
def test_words_written_together(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["PWD", "OLDPWD", "FORWARD", "MYSQL_ALLOW_EMPTY_PASSWORD"])
def test_folders_and_switches_are_no_secrets(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-Ddb.password=x -Dy=z", "-Ddb.password=*** -Dy=z"),
        ("Server=db;Password=x;Timeout=3", "Server=db;Password=***;Timeout=3"),
        ('{"api_key": "x y", "a": 1}', '{"api_key": ***, "a": 1}'),
        ("mysql --password 'x y' -h db", "mysql --password *** -h db"),
        ("/health?token=x&deep=1", "/health?token=***&deep=1"),
        ("Authorization: Bearer x.y-z", "Authorization: Bearer ***"),
        ("curl -u me:x http://h", "curl -u me:*** http://h"),
        ("amqp://u:x@h/v", "amqp://u:***@h/v"),
        (
            "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----",
        ),
        ("the token is read from a file", "the token is read from a file"),
        ("http://host:80/a?b=c", "http://host:80/a?b=c"),
    ],
)
def test_what_a_text_gives_to_secret_names(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10**6 + "=",
        "password='" * 10**5,
        " \t" * 10**6 + "=",
        "://a:" * 10**5,
        "-----BEGIN " * 10**5 + "PRIVATE KEY-----",
    ],
    ids=["name", "quotes", "blanks", "urls", "keys"],
)
def test_hostile_texts_take_linear_time(text: str) -> None:
    before = process_time()
    mask_text(text)
    assert process_time() - before < 2
