"""What a command line may go on with: verbs, options, values, environments and rules, however a shell splits its words."""

from pathlib import Path

import pytest

from isomorph.__main__ import VERBS
from isomorph.cli.completing import complete
from isomorph.drift.rules import RULES
from tests.cli.commands import Run

PROJECT = """\
environments:
  laptop: {definitions: ["compose:compose.yaml"]}
  production: {namespace: shop}
policy: ["isomorph:no-privileged"]
"""


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "isomorph.yaml").write_text(PROJECT)
    return project


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("", list(VERBS)),
        ("-q --color always bas", ["baseline"]),
        ("check --fail-on ", ["error", "warning", "note"]),
        ("check --fail-on = e", ["error"]),
        ("check --fail-on =", ["error", "warning", "note"]),
        ("check --fail-on=e", ["--fail-on=error"]),
        ("check --report mark", ["markdown="]),
        ("check --report markdown = ", []),
        ("check --report markdown=", []),
        ("check --strict --verdict d", ["default"]),
        ("baseline ", ["write"]),
        ("fix --from ", ["laptop", "production"]),
        ("fix --from laptop --to p", ["production"]),
        ("generate --env p", ["production"]),
        ("init --env p", []),
        ("promote laptop ", ["laptop", "production"]),
        ("fix --rule policy.", ["policy.no-privileged"]),
        ("fix --rule image.d", ["image.digest"]),
        ("policy ", ["test", "list"]),
        ("policy test --c", ["--color"]),
        ("resources list --format j", ["json"]),
        ("platforms open", ["openshift"]),
        ("explain unset-v", ["unset-variable"]),
        ("completion f", ["fish"]),
        ("convert comp", []),
        ("version ", []),
        ("nonsense --", []),
    ],
)
def test_a_line_goes_on(line: str, offered: list[str], shop: Path) -> None:
    assert list(complete(line.split(" "))) == offered


def test_options_say_what_they_are_for(shop: Path) -> None:
    assert complete(["check", "--stri"]) == {"--strict": "exit 1 for what is unresolved, too"}


@pytest.mark.parametrize("text", ["environments: [", "environments: {a: {nonsense: 1}}", None])
def test_a_project_that_cannot_be_read_has_no_names(text: str | None, shop: Path) -> None:
    if text is None:
        (shop / "isomorph.yaml").unlink()
    else:
        (shop / "isomorph.yaml").write_text(text)
    assert complete(["fix", "--from", ""]) == {}
    assert list(complete(["fix", "--rule", ""])) == list(RULES)


def test_a_shell_is_told_a_line_a_word(shop: Path, run: Run) -> None:
    code, out, err = run("completion", "words", "policy", "")
    assert (code, out, err) == (0, "test\trun the test cases of policies\nlist\tlist the rules\n", "")
