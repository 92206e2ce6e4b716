"""Terraform is run on the root module: what it gives, what it refuses, and what its messages do not show."""

import os
import shutil
import stat
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from isomorph.model.errors import EngineFailed, UsageError
from isomorph.provisioning.contract import Module
from isomorph.provisioning.terraform.applied import AppliedOutput, list_secrets
from isomorph.provisioning.terraform.applying import TimeLimits, apply_root_module
from isomorph.provisioning.terraform.root_module import FILE, write_root_module

MODULES = Path(__file__).resolve().parent / "modules"
NOTE = ("text", "token", "nothing", "facts")

needs_terraform = pytest.mark.skipif(
    not (shutil.which("terraform") or shutil.which("tofu")), reason="neither terraform nor tofu is installed"
)


def note(text: str = "abc", **arguments: Any) -> Module:
    """Give a module block of the module that keeps a text."""
    return Module(
        source="./modules/note",
        arguments={"text": text, **arguments},
        outputs=NOTE,
        sensitive=frozenset({"token"}),
    )


class Root:
    """A project with a root module in it."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.folder = project / "terraform"
        shutil.copytree(MODULES, project / "modules")
        self.folder.mkdir()

    def apply(self, modules: dict[str, Module], **options: Any) -> dict[str, dict[str, AppliedOutput]]:
        variables = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        (self.folder / FILE).write_text(write_root_module(modules, str(self.project), str(self.folder)))
        return apply_root_module(str(self.folder), modules, **{"variables": variables, **options})

    @property
    def written(self) -> int:
        return (self.folder / "terraform.tfstate").stat().st_mtime_ns

    @property
    def state(self) -> str:
        return (self.folder / "terraform.tfstate").read_text()


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


@needs_terraform
def test_outputs_by_block_and_name_and_nothing_is_applied_twice(root: Root) -> None:
    modules = {"a": note("abc"), "b_2": note("${x} %{ y }")}
    applied = root.apply(modules)
    assert applied == {
        "a": {
            "text": AppliedOutput("abc"),
            "token": AppliedOutput("token-of-abc", sensitive=True),
            "nothing": AppliedOutput(None),
            "facts": AppliedOutput({"kind": "plain", "length": 3, "hidden": False}),
        },
        "b_2": {
            "text": AppliedOutput("${x} %{ y }"),
            "token": AppliedOutput("token-of-${x} %{ y }", sensitive=True),
            "nothing": AppliedOutput(None),
            "facts": AppliedOutput({"kind": "plain", "length": 11, "hidden": False}),
        },
    }
    assert list_secrets(applied.values()) == {"token-of-abc", "token-of-${x} %{ y }"}
    before = root.written
    assert root.apply(modules) == applied
    assert root.written == before
    assert root.apply({**modules, "a": note("other")})["a"]["text"] == AppliedOutput("other")


@needs_terraform
def test_secret_arguments_reach_the_module_and_stand_in_no_file(root: Root) -> None:
    secret = Module(
        source="./modules/note",
        arguments={"text": "sesame-open"},
        outputs=("text",),
        secret_arguments=frozenset({"text"}),
    )
    assert root.apply({"a": secret})["a"]["text"].value == "sesame-open"
    (root.folder / "terraform.tfstate").unlink()  # Terraform's own state has all values, as always.
    for path in root.folder.rglob("*"):
        assert not path.is_file() or b"sesame-open" not in path.read_bytes(), path


@needs_terraform
def test_terraforms_own_words_without_secrets(root: Root) -> None:
    with pytest.raises(EngineFailed, match=r"plan failed with exit code 1\n(?s:.*)Unsupported argument") as caught:
        root.apply({"a": note(unknown="x")})
    assert caught.value.exit_code == 3
    with pytest.raises(EngineFailed, match=r"apply failed with exit code 1(?s:.*)cannot keep") as caught:
        root.apply({"a": note("hidden-thing-7", fails=True)}, known=["hidden-thing-7"])
    assert "hidden-thing-7" not in str(caught.value)


@needs_terraform
def test_what_the_state_calls_sensitive_does_not_show_in_a_failure(root: Root) -> None:
    first = note("seven-seas")
    root.apply({"a": first})
    told = note("the seven-seas and token-of-seven-seas", fails=True)
    with pytest.raises(EngineFailed, match="cannot keep") as caught:
        root.apply({"a": first, "b": told})
    assert "the seven-seas and ***" in str(caught.value)
    assert "token-of-seven-seas" not in str(caught.value)


@needs_terraform
def test_a_sensitive_output_must_be_called_so(root: Root) -> None:
    silent = Module(source="./modules/note", outputs=("token",))
    with pytest.raises(EngineFailed, match="name that output under `sensitive:` in the provisioner"):
        root.apply({"a": silent})


@needs_terraform
def test_what_would_be_destroyed_is_left_alone_unless_said(root: Root) -> None:
    both = {"a": note("one"), "b": note("two")}
    root.apply(both)
    assert root.apply({"a": note("three")})["a"]["text"].value == "three"
    assert '"module.b"' in root.state

    before = root.state
    with pytest.raises(EngineFailed, match=r"would destroy module\.a\.terraform_data\.note; nothing was applied"):
        root.apply({"a": note("three", kind="other")})
    assert root.state == before
    assert root.apply({"a": note("three", kind="other")}, destroy=True)["a"]["facts"].value["kind"] == "other"
    assert '"module.b"' not in root.state
    assert root.apply({}, destroy=True) == {}
    assert '"module.a"' not in root.state


@needs_terraform
def test_a_module_that_waits_is_neither_applied_nor_destroyed(root: Root) -> None:
    root.apply({"a": note("one"), "b": note("two")})
    waiting = Module(source="./modules/note", arguments={"text": "?"}, outputs=NOTE, waiting=True)
    assert list(root.apply({"a": note("three"), "b": waiting})) == ["a"]
    assert '"module.b"' in root.state
    assert "three" in root.state


FAKE = """\
#!/bin/sh
echo "$1 $TF_IN_AUTOMATION $TF_INPUT $CHECKPOINT_DISABLE $MY_CLOUD" >> called
case "$1" in
  plan) exit 2 ;;
  show) echo '{"resource_changes": []}' ;;
  output) echo '{"a__text": {"value": 5}, "other": {"value": 1}}' ;;
esac
"""


def fake(folder: Path, text: str = FAKE, name: str = "tofu") -> dict[str, Any]:
    """Give the variables of a shell in which a program of Terraform's name is on the path."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"variables": {"PATH": f"{folder}:/usr/bin:/bin", "MY_CLOUD": "here"}}


def only(name: str) -> Any:
    """Give what finds one program only."""
    return lambda asked: name if asked == name.rpartition("/")[2] else None


def test_tofu_does_as_well_and_runs_with_the_callers_variables(root: Root, tmp_path: Path) -> None:
    options = fake(tmp_path / "bin")
    applied = root.apply({"a": note()}, **options, find=only(str(tmp_path / "bin" / "tofu")))
    assert applied["a"]["text"] == AppliedOutput(5)
    assert applied["a"]["token"] == AppliedOutput(None, sensitive=True)
    called = (root.folder / "called").read_text().splitlines()
    assert called == [f"{step} 1 0 1 here" for step in ("init", "plan", "show", "apply", "output")]


def test_a_module_that_nobody_permitted_is_not_applied(root: Root, tmp_path: Path) -> None:
    options = fake(tmp_path / "bin")
    with pytest.raises(UsageError, match=r"module a \(\./modules/note\) comes from a fetched file"):
        root.apply({"a": msgspec.structs.replace(note(), permitted=False)}, **options)
    assert not (root.folder / "called").exists()


def test_without_terraform_nothing_runs(root: Root) -> None:
    with pytest.raises(EngineFailed, match="neither terraform nor tofu is installed"):
        root.apply({"a": note()}, variables={"PATH": ""})
    assert root.apply({}, variables={"PATH": ""}) == {}


def test_a_step_that_takes_too_long_may_write_down_what_it_made(root: Root, tmp_path: Path) -> None:
    # Not a shell's trap: where a run's own parent ignores the signal, a shell may not catch it.
    script = f"""\
#!{sys.executable}
import signal, sys, time
if sys.argv[1] != "apply":
    print("{{}}")
    sys.exit(2 if sys.argv[1] == "plan" else 0)
def keep(*_):
    open("kept", "w").write("kept\\n")
    sys.exit(1)
signal.signal(signal.SIGINT, keep)
time.sleep(600)
"""
    options = fake(tmp_path / "bin", script)
    with pytest.raises(EngineFailed, match=r"tofu apply took longer than 3 seconds and was stopped"):
        root.apply({"a": note()}, **options, find=only(str(tmp_path / "bin" / "tofu")), limits=TimeLimits(apply=3.0))
    assert (root.folder / "kept").read_text() == "kept\n"


@pytest.mark.parametrize("answer", ["", "[]", "nonsense", "[" * 100_000])
def test_an_answer_that_is_none(root: Root, tmp_path: Path, answer: str) -> None:
    options = fake(tmp_path / "bin", "#!/bin/sh\n[ $1 = output ] && cat answer || :\n")
    (root.folder / "answer").write_text(answer)
    with pytest.raises(EngineFailed, match="tofu answered something that is no JSON object"):
        root.apply({"a": note()}, **options, find=only(str(tmp_path / "bin" / "tofu")))
