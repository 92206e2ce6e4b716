"""Nomad's own parser says the same about expressions as we do."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.read import read_body
from isomorph.syntax.hcl.scope import Scope
from isomorph.syntax.tree import to_data
from tests.conformance.conftest import engine
from tests.syntax.hcl.test_expressions import KEPT, VALUES, typed

pytestmark = pytest.mark.engine


def ask(expressions: list[str], folder: Path) -> list[Any] | None:
    """Give what Nomad makes of expressions, or None where it refuses one of them."""
    lines = "".join(f"v{number} = [{text}\n]\n" for number, text in enumerate(expressions))
    job = folder / "job.nomad"
    job.write_text(
        f'job "a" {{\ngroup "b" {{\ntask "c" {{\ndriver = "raw_exec"\nconfig {{\n{lines}}}\n}}\n}}\n}}\n', "utf-8"
    )
    command = [str(engine("nomad")), "job", "run", "-output", str(job)]
    done = subprocess.run(
        command,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        return None
    said = json.loads(done.stdout)["Job"]["TaskGroups"][0]["Tasks"][0]["Config"]
    return [said[f"v{number}"][0] for number in range(len(expressions))]


@pytest.mark.parametrize("expression", KEPT)
def test_what_only_clients_know_is_kept_as_nomad_keeps_it(expression: str, tmp_path: Path) -> None:
    said = ask([expression], tmp_path)
    assert (said and said[0]) == KEPT[expression]


def in_doubles(value: Any) -> Any:
    """Give a value with its numbers as Nomad's JSON has them."""
    return typed(json.loads(json.dumps(value), parse_int=float))


def accepted(expressions: list[str], folder: Path) -> list[tuple[str, Any]]:
    """Give what Nomad says to all that it takes: not every function of Terraform is one of Nomad."""
    said = ask(expressions, folder)
    if said is not None:
        return list(zip(expressions, said, strict=True))
    if len(expressions) == 1:
        return []
    middle = len(expressions) // 2
    return [*accepted(expressions[:middle], folder), *accepted(expressions[middle:], folder)]


def test_expressions_have_these_values(tmp_path: Path) -> None:
    answers = accepted([row["expression"] for row in VALUES], tmp_path)
    assert len(answers) > 250
    different = []
    for expression, said in answers:
        # What Terraform has and Nomad has not makes the difference here: no such function, so nothing can be tried.
        if "can(" in expression:
            continue
        try:
            ours = to_data(read_body(f"a = [{expression}\n]\n", "f.hcl", Scope()).attributes["a"])[0]
        except InvalidInput as error:
            ours = str(error)
        if in_doubles(ours) != in_doubles(said):
            different.append((expression, said, ours))
    assert not different
