"""Source lines as they may be shown: no secret is in them, and what is none stays legible."""

import pytest

from isomorph.model.application import Application, Configuration, Definition, Secret
from isomorph.model.workload import Container, Workload
from isomorph.report.html.secret_lines import Secrets, find_secrets, mask_lines

CASES = {
    "a variable of Compose": ("DB_PASSWORD: hunter2\nLEVEL: debug", "DB_PASSWORD: ***\nLEVEL: debug"),
    "an item of a list": ("  - DB_PASSWORD=hunter2\n  - LEVEL=debug", "  - DB_PASSWORD=***\n  - LEVEL=debug"),
    "a name beside its value": (
        "- name: DB_PASSWORD\n  value: hunter2\n- name: LEVEL\n  value: debug",
        "- name: DB_PASSWORD\n  value: ***\n- name: LEVEL\n  value: debug",
    ),
    "a value above its name": ("- value: hunter2\n  name: API_TOKEN", "- value: ***\n  name: API_TOKEN"),
    "a value below the name of another": (
        "- name: API_TOKEN\n  valueFrom: x\n- name: LEVEL\n  value: debug",
        "- name: API_TOKEN\n  valueFrom: x\n- name: LEVEL\n  value: debug",
    ),
    "a block of text": (
        "token: |\n  first\n\n  second\nlevel: debug",
        "token: ***\n  ***\n\n  ***\nlevel: debug",
    ),
    "a text on the next line": ("password:\n  hunter2\nlevel: debug", "password:\n  ***\nlevel: debug"),
    "a list of secrets": ("passwords:\n  - one\n  - two\nlevel: debug", "passwords:\n  ***\n  ***\nlevel: debug"),
    "names under a word for secrets": (
        "secrets:\n  store:\n    file: ./store.txt",
        "secrets:\n  store:\n    file: ./store.txt",
    ),
    "JSON": ('  "DB_PASSWORD": "hunter2",\n  "LEVEL": "debug"', '  "DB_PASSWORD": ***,\n  "LEVEL": "debug"'),
    "HCL": ('DB_PASSWORD = "hunter2"\nLEVEL = "debug"', 'DB_PASSWORD = ***\nLEVEL = "debug"'),
    "a block of HCL whose header says it": (
        'variable "db_password" {\n  default = "hunter2"\n}',
        'variable "db_password" {\n  default = ***\n}',
    ),
    "a Secret": (
        "kind: Secret\nmetadata:\n  name: store\n"
        "data:\n  level: aGlk\n  long: |\n    aGlk\n---\n"
        "kind: ConfigMap\ndata:\n  level: x",
        "kind: Secret\nmetadata:\n  name: store\n"
        "data:\n  level: ***\n  long: ***\n    ***\n---\n"
        "kind: ConfigMap\ndata:\n  level: x",
    ),
    "a password in an address": (
        "url: amqp://app:hunter2@queue:5672",
        "url: amqp://app:***@queue:5672",
    ),
    "a comment": ("# the old password: hunter2", "# the old password: ***"),
    "an option": ("args: --api-key=hunter2 --level debug", "args: --api-key=*** --level debug"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_name_says_is_secret_is_masked(name: str) -> None:
    text, wanted = CASES[name]
    assert "\n".join(mask_lines(text.split("\n"), (), Secrets(()))) == wanted


def test_the_line_of_a_masked_value_is_masked_with_what_goes_on_below_it() -> None:
    lines = ["SETTING: >-", "  one", "  two", "LEVEL: debug", 'command: ["a", "b"]']
    shown = list(mask_lines(lines, (1, 5), Secrets(())))
    assert shown == ["SETTING: ***", "  ***", "  ***", "LEVEL: debug", "command: ***"]


def definition(secret: str) -> Definition:
    return Definition(
        Application(
            workloads={
                "web": Workload("web", containers={"web": Container(args=("serve", "--password", "by-option"))})
            },
            secrets={"store": Secret({"level": secret, "flag": "true"})},
            configurations={"settings": Configuration({"app.ini": "level = debug\npassword = by-file\n"})},
        ),
        "kubernetes",
    )


def test_a_secret_of_the_definition_is_masked_wherever_it_stands() -> None:
    secrets = Secrets([definition("s3cr3t-value")])
    assert secrets.mask("note: see s3cr3t-value and more") == "note: see *** and more"
    assert secrets.mask("data: czNjcjN0LXZhbHVl") == "data: ***"
    assert secrets.mask("x: by-option") == "x: ***"
    assert secrets.mask("flag: true, level: debug") == "flag: true, level: debug"


def test_a_short_secret_is_masked_as_a_whole_word() -> None:
    secrets = Secrets([definition("ab")])
    assert secrets.mask("ab: table ab") == "***: table ***"


def test_only_the_secret_lines_of_a_file_are_secrets() -> None:
    found = find_secrets(definition("s3cr3t-value"))
    assert "level = debug" not in found
    assert any("by-file" in each for each in found)
