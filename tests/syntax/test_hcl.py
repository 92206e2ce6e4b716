"""HCL is written as `terraform fmt` leaves it, and says what the data said."""

import json
import os
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.emit import Block, Expression, emit_hcl, print_string

TERRAFORM = shutil.which("terraform") or shutil.which("tofu") or ""
needs_terraform = pytest.mark.skipif(not TERRAFORM, reason="neither terraform nor tofu is installed")


def run(folder: Path, *args: str, given: str | None = None) -> str:
    environment = {**os.environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    environment.pop("TF_CLI_CONFIG_FILE", None)
    done = subprocess.run(
        [TERRAFORM, *args], cwd=folder, env=environment, input=given, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def formatted(text: str, folder: Path) -> str:
    return run(folder, "fmt", "-", given=text)


EVERYTHING = [
    Block(
        "module",
        ("orders_db",),
        [
            {"source": "./modules/postgres", "version": "~> 6.0"},
            {
                "engine": "postgres",
                "tags": {"team": "shop", "a b": "1", "für": 2, "null": None, "for": [1], "日本": {}},
                "sizes": [1, -2, 0.5, 1e30],
                "x": True,
                "long_name": [],
                "rules": [{"port": 80, "protocol": "tcp"}, {}, [["deep"]], ["a" * 60, "b" * 60]],
                "nothing": {},
                "last": None,
            },
        ],
    ),
    Block("output", ("orders_db__host",), [{"value": Expression("module.orders_db.host"), "sensitive": True}]),
    Block("terraform"),
]


def test_blocks_arguments_and_collections() -> None:
    assert emit_hcl(EVERYTHING, header="Written by a machine.\n\nTwice.") == (
        """\
# Written by a machine.
#
# Twice.

module "orders_db" {
  source  = "./modules/postgres"
  version = "~> 6.0"

  engine = "postgres"
  tags = {
    team           = "shop"
    "a b"          = "1"
    "f\\u00fcr"     = 2
    "null"         = null
    "for"          = [1]
    "\\u65e5\\u672c" = {}
  }
  sizes     = [1, -2, 0.5, 1e+30]
  x         = true
  long_name = []
  rules = [
    {
      port     = 80
      protocol = "tcp"
    },
    {},
    [
      ["deep"],
    ],
    [
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    ],
  ]
  nothing = {}
  last    = null
}

output "orders_db__host" {
  value     = module.orders_db.host
  sensitive = true
}

terraform {}
"""
    )


@needs_terraform
def test_terraform_fmt_has_nothing_to_do(tmp_path: Path) -> None:
    text = emit_hcl(EVERYTHING, header="Written by a machine.")
    assert formatted(text, tmp_path) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", '""'),
        ("plain", '"plain"'),
        ("${var.x}", '"$${var.x}"'),
        ("%{ if true }", '"%%{ if true }"'),
        ("$${x} $$ { 100%", '"\\u0024$${x} $$ { 100%"'),
        ("$%{x}", '"$%%{x}"'),
        ('say "hi"\\', '"say \\"hi\\"\\\\"'),
        ("two\nlines\r\n\ttab", '"two\\nlines\\r\\n\\ttab"'),
        ("<<EOT\nEOT", '"<<EOT\\nEOT"'),
        ("\x00\x1b\u2028", '"\\u0000\\u001b\\u2028"'),
        ("für 😀", '"für 😀"'),
    ],
)
def test_texts_are_literals(text: str, printed: str) -> None:
    assert print_string(text) == printed


@pytest.mark.parametrize("value", [float("inf"), float("nan"), object(), b"x", Expression('file("x")'), "\ud800"])
def test_what_hcl_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        emit_hcl([{"a": value}])


@pytest.mark.parametrize("name", ["", "1a", "a b", "a.b", 'a"', "a = file(1)\nb", "ä"])
def test_an_argument_has_a_name(name: str) -> None:
    with pytest.raises(InvalidInput, match="is no name in HCL"):
        emit_hcl([{name: 1}])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text('$%{}\\"\n~a', max_size=8)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def normal(value: Any) -> Any:
    """Give data as Terraform holds it: texts in Unicode's form C, keys sorted, no sign of zero."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {normal(key): normal(each) for key, each in value.items()}
    if isinstance(value, list):
        return [normal(each) for each in value]
    return value


@needs_terraform
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PLAIN, min_size=60, max_size=80))
def test_terraform_reads_what_was_said(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("said")
    text = emit_hcl([Block("output", (f"v{number}",), [{"value": [value]}]) for number, value in enumerate(values)])
    assert formatted(text, folder) == text
    (folder / "main.tf").write_text(text)
    run(folder, "apply", "-auto-approve", "-no-color")
    read = json.loads(run(folder, "output", "-json"))
    assert [read[f"v{number}"]["value"] for number in range(len(values))] == [[normal(value)] for value in values]
