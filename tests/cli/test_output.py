"""Where results go."""

import os
from pathlib import Path

import pytest

from isomorph.cli.output import write_file, write_files
from isomorph.model.errors import UsageError
from isomorph.platforms.platform import OutputFile

FILES = (OutputFile("compose.yaml", "services: {}\n"), OutputFile("files/a.bin", b"\x00\x01", 0o600))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_holds_all(tmp_path: Path) -> None:
    write_files(FILES, f"{tmp_path}/out/")
    assert tree(tmp_path) == {"out/compose.yaml": b"services: {}\n", "out/files/a.bin": b"\x00\x01"}
    assert os.stat(tmp_path / "out/files/a.bin").st_mode & 0o777 == 0o600


def test_a_file_is_the_main_one_and_the_others_stand_beside_it(tmp_path: Path) -> None:
    write_files(FILES, f"{tmp_path}/x/mine.yaml")
    assert tree(tmp_path) == {"x/mine.yaml": b"services: {}\n", "x/files/a.bin": b"\x00\x01"}


def test_several_main_files_make_a_folder(tmp_path: Path) -> None:
    write_files((OutputFile("a/score.yaml", "a"), OutputFile("b/score.yaml", "b")), f"{tmp_path}/out")
    assert tree(tmp_path) == {"out/a/score.yaml": b"a", "out/b/score.yaml": b"b"}


def test_several_files_need_a_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"2 files \(compose.yaml, files/a.bin\); name a file or folder with -o"):
        write_files(FILES, "-")


def test_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_files(FILES[:1], "-")
    assert capsysbinary.readouterr().out == b"services: {}\n"


@pytest.mark.parametrize("path", ["../out.yaml", "/tmp/out.yaml", "a/../../b"])
def test_input_cannot_choose_where_files_go(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match="outside"):
        write_files((FILES[0], OutputFile(path, "x")), f"{tmp_path}/in/out/")
    assert "x" not in [content.decode() for content in tree(tmp_path).values()]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.yaml"
    target.write_text("old")
    target.chmod(0o640)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(OSError, match="No space") as caught:
            write_file(str(target), b"new")
    assert caught.value.filename == str(target)
    assert tree(tmp_path) == {"a.yaml": b"old"}
    write_file(str(target), b"new")
    assert tree(tmp_path) == {"a.yaml": b"new"}
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    write_file(str(tmp_path / "link.yaml"), b"new")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text() == "new"


def test_what_keeps_secrets_out_of_repositories_is_added_to_what_is_kept_out_already(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text(".terraform/")
    files = (OutputFile("main.tf", "locals {}\n", in_folder=True), OutputFile(".gitignore", "# Why.\n*.auto.tfvars\n"))
    for _ in range(2):
        write_files(files, str(tmp_path))
        assert (tmp_path / ".gitignore").read_text() == ".terraform/\n# Why.\n*.auto.tfvars\n"
