"""Terraform says the same as we do about a configuration that uses every construct and every function that we know."""

import json
import os
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from isomorph.model.text import Placeholder
from isomorph.platforms.context import Context
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.terraform.module import Module, Resource
from isomorph.platforms.terraform.root import read_module
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.hcl.functions import _OF_TERRAFORM, _SPECIAL
from isomorph.syntax.hcl.functions.table import TABLE
from isomorph.syntax.hcl.functions.table import TERRAFORM as TERRAFORM_ROWS
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from tests.memory_context import source

pytestmark = pytest.mark.engine

TERRAFORM = shutil.which("terraform") or shutil.which("tofu") or ""
DATA = Path(__file__).resolve().parents[1] / "platforms" / "terraform" / "data" / "constructs"
SHELL = {"TF_VAR_from_shell": '["x", "y"]', "TF_VAR_replicas": "2"}
OPTIONS = ("given_as_option=true", "region=us")
UNKNOWN = "<known after apply>"


def run(folder: Path, *args: str) -> str:
    environment = {**os.environ, **SHELL, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    environment.pop("TF_CLI_CONFIG_FILE", None)
    done = subprocess.run(
        [TERRAFORM, *args], cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def plain(node: Node | None) -> Any:
    """Give a tree as JSON has it; what only an apply tells is one mark."""
    if isinstance(node, Interpolated) and not isinstance(node.parts, str):
        assert any(isinstance(part, Placeholder) for part in node.parts)
        return UNKNOWN
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node]
    assert isinstance(node, Scalar)
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return node.value
    return round(Decimal(node.text), 12)


def overlay(value: Any, unknown: Any) -> Any:
    """Put the mark where a plan says that a value is not known yet."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        known = value or {}
        return {key: overlay(known.get(key), unknown.get(key, False)) for key in {*known, *unknown}}
    if isinstance(unknown, list) and isinstance(value, list):
        marks = [*unknown, *[False] * (len(value) - len(unknown))]
        return [overlay(each, mark) for each, mark in zip(value, marks, strict=True)]
    return value


def rounded(value: Any) -> Any:
    """Give numbers as far as the JSON of both sides has them."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return round(Decimal(value), 12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the configuration with an output for each of its locals."""
    if not TERRAFORM:
        pytest.skip("neither terraform nor tofu is installed")
    folder = tmp_path_factory.mktemp("terraform") / "constructs"
    shutil.copytree(DATA, folder)
    names = read(folder).locals
    text = "".join(f'output "local_{name}" {{\n  value = local.{name}\n}}\n' for name in names)
    (folder / "zz_locals.tf").write_text(text, "utf-8")
    run(folder, "init", "-input=false")
    run(folder, "plan", "-input=false", "-out=the.plan", *(f"-var={option}" for option in OPTIONS))
    return folder


def read(folder: Path, **options: str) -> Module:
    context = Context(LocalFiles([str(folder)]), LocalEngines(), SHELL)
    return read_module(source(str(folder), var=OPTIONS, **options), context)


def argument(module: Module, address: str, name: str) -> Node:
    found = module.find(address)
    assert isinstance(found, Resource)
    return found.body[name]


@pytest.fixture(scope="module")
def plan(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(run(folder, "show", "-json", "the.plan"), parse_float=Decimal)
    return said


def test_locals_and_outputs_have_the_values_that_terraform_gives_them(folder: Path, plan: dict[str, Any]) -> None:
    changes = plan["output_changes"]
    expected = {name: rounded(overlay(each.get("after"), each["after_unknown"])) for name, each in changes.items()}
    ours = {name: plain(output.value) for name, output in read(folder).outputs.items()}
    assert set(ours) == set(expected)
    for name, value in expected.items():
        if isinstance(value, list):
            assert len(ours[name]) == len(value)
            for number, each in enumerate(value):
                assert ours[name][number] == each, (name, number)
        assert ours[name] == value, name


def test_resources_are_those_of_the_plan_with_its_arguments(folder: Path, plan: dict[str, Any]) -> None:
    module = read(folder)
    expected = {each["address"]: each["change"] for each in plan["resource_changes"]}
    assert {each.address for each in module.resources} == set(expected)
    for resource in module.resources:
        change = expected[resource.address]
        values = rounded(overlay(change["after"], change["after_unknown"]))
        for key, node in resource.body.items():
            assert plain(node) == values[key], (resource.address, key)


def test_a_plan_and_a_state_are_read_as_the_configuration_is(folder: Path, plan: dict[str, Any]) -> None:
    (folder / "plan.json").write_text(run(folder, "show", "-json", "the.plan"), "utf-8")
    before = read(folder)
    alone = read_module(source(str(folder / "plan.json")), Context(LocalFiles([str(folder)]), LocalEngines()))
    assert {each.address for each in alone.resources} == {each.address for each in before.resources}
    for each in alone.resources:
        assert plain(each.body["input"]) == plain(argument(before, each.address, "input"))
    run(folder, "apply", "-input=false", "the.plan")
    (folder / "state.json").write_text(run(folder, "show", "-json"), "utf-8")
    for state in ("state.json", "terraform.tfstate"):
        after = read(folder, state=str(folder / state))
        assert plain(after.outputs["unknown"].value) != UNKNOWN
        text = argument(after, "terraform_data.unknown", "input")
        known = plain(argument(after, "terraform_data.single", "id"))
        assert plain(text)["text"] == f"id={known};"
        assert text.origin.file.endswith("main.tf")
        alone = read_module(source(str(folder / state)), Context(LocalFiles([str(folder)]), LocalEngines()))
        assert {each.address for each in alone.resources} == {each.address for each in after.resources}
        for each in alone.resources:
            assert plain(each.body["input"]) == plain(argument(after, each.address, "input"))
        assert not any(UNKNOWN in json.dumps(plain(each.body), default=str) for each in after.resources)


ONLY_NOMADS = frozenset(
    ("convert", "list", "map", "regex_replace", "reverse_string", "reverselist", "sethaselement")
    + ("setsymmetricdifference", "strlen", "type")
)
NEVER_SHOWN = frozenset(("sensitive",))


def test_the_configuration_uses_every_function_that_we_know() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(DATA.glob("*.tf")))
    known = {*TABLE, *TERRAFORM_ROWS, *_SPECIAL, *_OF_TERRAFORM} - ONLY_NOMADS - NEVER_SHOWN
    assert known <= set(re.findall(r"\b([a-z0-9_]+)\(", text))


SENSITIVE = """\
variable "password" {
  sensitive = true
}
resource "terraform_data" "a" {
  input = { user = "anna", password = var.password }
}
output "x" {
  value     = terraform_data.a.output.password
  sensitive = true
}
"""


def test_what_terraform_marks_as_sensitive_is_shown_nowhere(tmp_path: Path) -> None:
    if not TERRAFORM:
        pytest.skip("neither terraform nor tofu is installed")
    (tmp_path / "main.tf").write_text(SENSITIVE, "utf-8")
    run(tmp_path, "init", "-input=false")
    run(tmp_path, "plan", "-input=false", "-out=the.plan", "-var=password=hunter2")
    (tmp_path / "plan.json").write_text(run(tmp_path, "show", "-json", "the.plan"), "utf-8")
    run(tmp_path, "apply", "-input=false", "the.plan")
    (tmp_path / "state.json").write_text(run(tmp_path, "show", "-json"), "utf-8")
    context = Context(LocalFiles([str(tmp_path)]), LocalEngines())
    for file in ("plan.json", "state.json", "terraform.tfstate"):
        module = read_module(source(str(tmp_path / file)), context)
        text = argument(module, "terraform_data.a", "input")
        assert isinstance(text, Mapping), file
        assert isinstance(text["password"], Interpolated), file
        assert "hunter2" in module.secrets["terraform_data.a"].values()
        assert "hunter2" not in repr((module.resources, module.outputs, module.diagnostics))
        beside = read_module(
            source(str(tmp_path), **{"plan" if file == "plan.json" else "state": str(tmp_path / file)}), context
        )
        assert "hunter2" not in repr((beside.resources, beside.outputs, beside.variables, beside.diagnostics))
