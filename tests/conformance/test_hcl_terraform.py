"""Terraform says the same about expressions and faults as we do: the tables of tests/syntax/hcl, asked of its own evaluator."""

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.syntax.hcl.test_expressions import REFUSED, VALUES, typed
from tests.syntax.hcl.test_faults import MALFORMED, WELL_FORMED

pytestmark = pytest.mark.engine

TERRAFORM = shutil.which("terraform") or shutil.which("tofu") or ""


@pytest.fixture(scope="module", autouse=True)
def _needs_terraform() -> None:
    if not TERRAFORM:
        pytest.skip("neither terraform nor tofu is installed")


def run(folder: Path, *args: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    environment.pop("TF_CLI_CONFIG_FILE", None)
    return subprocess.run(
        [TERRAFORM, *args],
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_expressions_have_these_values(tmp_path: Path) -> None:
    outputs = (f'output "v{number}" {{\n  value = [{row["expression"]}\n  ]\n}}\n' for number, row in enumerate(VALUES))
    (tmp_path / "main.tf").write_text("".join(outputs), "utf-8")
    applied = run(tmp_path, "apply", "-auto-approve", "-no-color")
    assert applied.returncode == 0, applied.stderr
    said: dict[str, Any] = json.loads(run(tmp_path, "output", "-json").stdout, parse_float=Decimal)
    different = [
        (row["expression"], row["value"], said[f"v{number}"]["value"][0])
        for number, row in enumerate(VALUES)
        if typed(said[f"v{number}"]["value"][0]) != typed(row["value"])
    ]
    assert not different


@pytest.mark.parametrize("expression", REFUSED)
def test_expressions_have_no_value(expression: str, tmp_path: Path) -> None:
    assert run(tmp_path, "console", given=f"{expression}\n").returncode != 0


@pytest.mark.parametrize("text", [text for text, _ in MALFORMED])
def test_what_we_refuse_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(text, "utf-8")
    said = json.loads(run(tmp_path, "validate", "-json").stdout)
    assert said["error_count"] > 0
    assert any(each["range"]["filename"] == "main.tf" for each in said["diagnostics"] if "range" in each)


@pytest.mark.parametrize("text", WELL_FORMED)
def test_what_we_read_is_well_formed(text: str, tmp_path: Path) -> None:
    done = run(tmp_path, "fmt", "-", given=text)
    assert done.returncode == 0, done.stderr
