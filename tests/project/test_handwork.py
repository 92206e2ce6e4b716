"""What is never taken from one environment to another, and the reason that is told."""

import pytest

from isomorph.drift.compare import compare
from isomorph.project.fix.handwork import why_by_hand
from isomorph.project.fix.said import Sides
from tests.mutations.reading import read_environment

SERVICE = "services:\n  web:\n    image: nginx:1.29\n"
ENVIRONMENT = SERVICE + "    environment:\n      "
CONFIG = SERVICE + "    configs: [{source: c, target: /etc/c}]\nconfigs:\n  c:\n    content: "
API = "\n  api:\n    image: api:1\n  other:\n    image: api:1\n"
HOST, SECRET = "an address is an environment's own", "secrets are not copied"


def reasons(source: str, target: str) -> dict[str, str | None]:
    one, other = read_environment("a", "compose", "a.yaml", source), read_environment("b", "compose", "b.yaml", target)
    report = compare([one, other])
    return {
        f"{each.rule} {each.subject}".strip(): why_by_hand(each, Sides(one, other, report)) for each in report.findings
    }


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("LEVEL: debug", "LEVEL: info", None),
        ("URL: https://a.example.com/v1", "URL: https://a.example.com/v2", None),
        ("URL: https://a.example.com/", "URL: https://b.example.com/", HOST),
        ("DB: db-a.internal:5432", "DB: db-b.internal:5432", HOST),
        ("FROM: shop@a.example.com", "FROM: shop@b.example.com", HOST),
        ("API_KEY: one", "API_KEY: two", SECRET),
        ("URL: amqp://u:one@q/", "URL: amqp://u:two@q/", SECRET),
        ("ID: one", "ID: '${ID}'", "its value is not known here"),
    ],
)
def test_a_variables_value(source: str, target: str, reason: str | None) -> None:
    name = source.partition(":")[0]
    assert reasons(ENVIRONMENT + source, ENVIRONMENT + target)[f"variable.value {name}"] == reason


def test_a_peer_has_its_own_name_everywhere() -> None:
    told = reasons(ENVIRONMENT + "PEER: api" + API, ENVIRONMENT + "LEVEL: info" + API)
    assert told["variable.missing PEER"] == "it refers to what each environment has under a name of its own"


def test_a_variable_that_the_other_side_lacks_has_no_value_to_take() -> None:
    told = reasons(SERVICE, ENVIRONMENT + "LEVEL: info")
    assert told["variable.missing LEVEL"] == "a does not say it, so that there is no value to take"


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("theme=dark", "theme=light", None),
        ("password=one", "password=two", SECRET),
        ("host=https://a.example.com/", "host=https://b.example.com/", HOST),
    ],
)
def test_a_files_text(source: str, target: str, reason: str | None) -> None:
    assert reasons(CONFIG + source, CONFIG + target)["file.content /etc/c"] == reason


def test_what_has_no_version_gives_none() -> None:
    told = reasons(SERVICE.replace(":1.29", ""), SERVICE)
    assert told["image.tag"] == "latest is no version to take"


def test_a_workload_is_not_written() -> None:
    assert reasons(SERVICE + API, SERVICE)["workload.missing"] == "a whole workload is not written"


def test_rights_are_taken_away_but_not_given_for_silence() -> None:
    told = reasons(SERVICE, SERVICE + "    privileged: true\n    read_only: true\n")
    assert told["security.privileged"] is None
    assert told["security.read-only-root"] == "a does not say it, so that there is no value to take"
