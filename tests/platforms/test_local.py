"""Files and engines of this machine: what may be read, and what an engine may see."""

import os
import sys
from pathlib import Path

import pytest

from isomorph.model.errors import EngineFailed, InvalidInput
from isomorph.platforms.local import LocalEngines, LocalFiles


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / "sub").mkdir(parents=True)
    (tmp_path / "project" / "a.txt").write_text("a")
    (tmp_path / "project" / "sub" / "b.txt").write_text("b")
    (tmp_path / "secret.txt").write_text("s")
    (tmp_path / "project-2").mkdir()
    (tmp_path / "project-2" / "c.txt").write_text("c")
    return tmp_path / "project"


def test_files_below_the_root(project: Path) -> None:
    files = LocalFiles([str(project)])
    assert files.read_bytes(f"{project}/sub/../a.txt") == b"a"
    assert files.list_folder(str(project)) == ["a.txt", "sub"]
    assert (files.is_file(f"{project}/a.txt"), files.is_folder(f"{project}/a.txt")) == (True, False)
    assert (files.is_file(f"{project}/no"), files.is_folder(f"{project}/sub")) == (False, True)


def test_relative_paths_are_below_the_current_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert LocalFiles(["."]).read_bytes("sub/b.txt") == b"b"


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "../project-2/c.txt", "sub/../../secret.txt", "a\0b"])
def test_nothing_outside_is_reached(project: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(project)
    files = LocalFiles(["."])
    for method in (files.read_bytes, files.is_file, files.is_folder, files.list_folder):
        with pytest.raises(InvalidInput):
            method(path)


def test_links_do_not_lead_out(project: Path) -> None:
    (project / "link").symlink_to(project.parent / "secret.txt")
    (project / "inner").symlink_to(project / "a.txt")
    files = LocalFiles([str(project)])
    assert files.read_bytes(f"{project}/inner") == b"a"
    with pytest.raises(InvalidInput, match="outside the project"):
        files.read_bytes(f"{project}/link")


def test_errors_are_the_systems(project: Path) -> None:
    files = LocalFiles([str(project)])
    with pytest.raises(FileNotFoundError):
        files.read_bytes(f"{project}/no")
    with pytest.raises(IsADirectoryError):
        files.read_bytes(f"{project}/sub")


def test_a_pipe_is_not_waited_for(project: Path) -> None:
    os.mkfifo(project / "pipe")
    with pytest.raises(PermissionError):
        LocalFiles([str(project)]).read_bytes(f"{project}/pipe")


class Python(LocalEngines):
    """An engine that is always there: the interpreter that runs the tests."""

    def find(self, name: str) -> str | None:
        return sys.executable if name == "python" else None


def test_an_engine_sees_its_files_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    monkeypatch.setenv("TOKEN", "x")
    script = (
        b"import os; print(sorted(os.listdir('.')), open('in/a').read(), "
        b"os.environ.get('TOKEN'), os.environ.get('HTTPS_PROXY'))"
    )
    result = Python().run("python", ["run.py"], {"run.py": script, "in/a": b"content"})
    assert (result.code, result.stdout.strip()) == (0, "['in', 'run.py'] content None None")


def test_the_engines_folder_is_cut_out_of_what_it_prints() -> None:
    result = Python().run("python", ["-c", "import os, sys; sys.exit(os.path.realpath('x/y') + ' is bad')"], {})
    assert (result.code, result.stderr.strip()) == (1, "x/y is bad")


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "folder/"])
def test_files_of_an_engine_stay_in_its_folder(path: str) -> None:
    with pytest.raises(EngineFailed, match="no path below"):
        Python().run("python", ["-c", ""], {path: b""})


def test_an_engine_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(EngineFailed, match="took longer"):
        Python(0.2).run("python", ["-c", "import time; time.sleep(30)"], {})


def test_an_engine_that_is_not_there() -> None:
    with pytest.raises(EngineFailed, match="not installed"):
        Python().run("nope", [], {})
