"""What is secret stands in no Score file, and what is not stays as it was."""

import pytest

from isomorph.model.normalise import normalise
from isomorph.model.text import print_text
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from isomorph.project.adopt.hiding import Hidden, hide_secrets
from tests.memory_context import memory_context


def hidden(service: str, platform: str = "compose") -> Hidden:
    text = f"services:\n  web: {{image: web, {service}}}\n" if platform == "compose" else service
    context = memory_context({"definition.yaml": text})
    return hide_secrets(normalise(load_reader(platform)(Source("definition.yaml"), context)))


def variables(found: Hidden) -> dict[str, str]:
    (container,) = found.definition.application.workloads["web"].containers.values()
    return {name: print_text(text) for name, text in container.variables.items()}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("API_KEY", "k-123456", "${API_KEY}"),
        ("DB_URL", "mysql://me:hunter22@elsewhere/x", "mysql://me:${DB_URL_PASSWORD}@elsewhere/x"),
        ("DB_PASSWORD_FILE", "/run/secrets/db", "/run/secrets/db"),
        ("ALLOW_EMPTY_PASSWORD", "yes", "yes"),
        ("LEVEL", "info", "info"),
    ],
)
def test_a_secret_becomes_a_variable_of_the_shell(name: str, value: str, expected: str) -> None:
    found = hidden(f"environment: {{{name}: '{value}'}}")
    assert variables(found) == {name: expected}
    assert len(found.variables) == ("$" in expected)


def test_one_value_has_one_variable_and_one_variable_one_value() -> None:
    found = hidden("environment: {A_TOKEN: one-long-word, B_TOKEN: one-long-word}")
    assert variables(found) == {"A_TOKEN": "${A_TOKEN}", "B_TOKEN": "${A_TOKEN}"}
    found = hidden("environment: {A_PASSWORD: password, B_PASSWORD: password}")
    assert found.variables == ("A_PASSWORD", "B_PASSWORD"), "what everybody takes may be another one"
    services = "services:\n  web: {image: a, environment: {TOKEN: word-one}}\n  api: {image: a, environment: {TOKEN: word-two}}\n"
    context = memory_context({"definition.yaml": services})
    found = hide_secrets(normalise(load_reader("compose")(Source("definition.yaml"), context)))
    assert found.variables == ("API_TOKEN", "TOKEN")


MANIFESTS = """\
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {word: hunter22}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web
          env:
            - {name: WORD, valueFrom: {secretKeyRef: {name: web, key: word}}}
            - {name: OTHER, valueFrom: {secretKeyRef: {name: elsewhere, key: word}}}
"""


def test_a_value_of_a_secret_store_becomes_a_variable_whether_it_is_known_or_not() -> None:
    found = hidden(MANIFESTS, "kubernetes")
    assert variables(found) == {"WORD": "${WORD_SECRET}", "OTHER": "${OTHER_SECRET}"}, "and is known for a secret"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("API_TOKEN=one-word\nLEVEL=info\n", "API_TOKEN=${API_TOKEN}\nLEVEL=info\n"),
        (
            '{"db": {"password": "hunter22", "key": "name-of-it"}}',
            '{"db": {"password": "${PASSWORD}", "key": "name-of-it"}}',
        ),
        ("url: amqp://me:hunter22@elsewhere\n", "url: amqp://me:${PASSWORD}@elsewhere\n"),
        ("password_file: /run/secrets/word\n", "password_file: /run/secrets/word\n"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n", "${APP_CONF_SECRET}"),
    ],
)
def test_what_a_file_gives_to_secret_names_is_left_to_the_shell(content: str, expected: str) -> None:
    service = "services:\n  web: {image: web, volumes: ['./app.conf:/etc/app.conf']}\n"
    context = memory_context({"definition.yaml": service, "app.conf": content})
    found = hide_secrets(normalise(load_reader("compose")(Source("definition.yaml"), context)))
    (container,) = found.definition.application.workloads["web"].containers.values()
    written = container.files["/etc/app.conf"].content
    assert isinstance(written, str | tuple)
    assert print_text(written) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("['--password', hunter22]", ["--password", "***"]),
        ("['--token=hunter22', '--level=info']", ["--token=***", "--level=info"]),
        ("['--url', 'amqp://me:hunter22@elsewhere']", ["--url", "amqp://me:***@elsewhere"]),
        ("['--tls-key', /etc/tls/key.pem]", ["--tls-key", "/etc/tls/key.pem"]),
        ("['--key-length', '409600']", ["--key-length", "409600"]),
    ],
)
def test_a_secret_among_the_arguments_is_cut_out_and_told(command: str, expected: list[str]) -> None:
    found = hidden(f"command: {command}")
    (container,) = found.definition.application.workloads["web"].containers.values()
    assert [print_text(word) for word in container.args or ()] == expected
    assert bool(found.cut) == ("***" in " ".join(expected))


def test_a_word_that_is_said_openly_is_no_secret_elsewhere() -> None:
    found = hidden("environment: {DB_USER: postgres, DB_PASSWORD: postgres}, command: [wait, -U, postgres]")
    (container,) = found.definition.application.workloads["web"].containers.values()
    assert ([print_text(word) for word in container.args or ()], found.cut) == (["wait", "-U", "postgres"], ())
