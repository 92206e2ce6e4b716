"""Where results go: standard output, a file written beside and then renamed, or a folder."""

import os
import sys
from collections.abc import Sequence

from isomorph.model.errors import UsageError
from isomorph.platforms.platform import OutputFile
from isomorph.project.placing import place_files
from isomorph.provisioning.atomic import read_if_there

_IGNORED = ".gitignore"


def write_files(files: Sequence[OutputFile], output: str) -> str:
    """Write what a writer returned, where `place_files` says; gives the main file's path, empty for standard output.

    Raises UsageError where several files were to go there.
    """
    check_files(files, output)
    if output == "-":
        write_result(_content(files[0]), "-")
        return ""
    places = place_files(files, output)
    for place, file in zip(places, files, strict=True):
        content = _content(file)
        write_file(place, _add_lines(place, content) if os.path.basename(place) == _IGNORED else content, file.mode)
    return places[0]


def _add_lines(path: str, content: bytes) -> bytes:
    """Give what a `.gitignore` has already, and behind it the lines that it lacks: others are its author's."""
    existing = read_if_there(os.path.realpath(path)) or b""
    known = existing.splitlines()
    lacking = [line for line in content.splitlines() if line not in known]
    if not existing or not lacking:
        return existing or content
    return existing + (b"" if existing.endswith(b"\n") else b"\n") + b"\n".join(lacking) + b"\n"


def check_files(files: Sequence[OutputFile], output: str) -> None:
    """Raise UsageError where files cannot be written to an output, before any is."""
    _check(output)
    if not files:
        raise UsageError("there is nothing to write: the definition has no workload")
    if output == "-" and len(files) > 1:
        names = ", ".join(file.path for file in files[:4]) + (", …" if len(files) > 4 else "")
        raise UsageError(f"the result is {len(files)} files ({names}); name a file or folder with -o")
    if output != "-":
        place_files(files, output)


def write_result(content: bytes, output: str) -> None:
    """Write one result to standard output (`-`) or a file."""
    if output != "-":
        _check(output)
        if output.endswith("/") or os.path.isdir(output):
            raise UsageError(f"{output!r} is a folder, and this result is one file: name a file with -o")
        write_file(output, content)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def write_file(path: str, content: bytes, mode: int | None = None) -> None:
    """Write a file whole or not at all: beside its place first, then renamed. Folders on the way are made."""
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    try:
        os.makedirs(folder, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"{path!r} cannot be written: a part of its path is a file, not a folder") from None
    if os.path.exists(target) and not os.path.isfile(target):  # A device or pipe (/dev/stdout) cannot be replaced.
        with open(path, "wb") as file:
            file.write(content)
        return
    beside = os.path.join(folder, f".{os.path.basename(target)}.{os.getpid()}")
    if mode is not None:
        mode &= 0o777  # A mode comes from input, which must not make programs that run as their owner.
    else:
        mode = os.stat(target).st_mode & 0o7777 if os.path.exists(target) else None
    try:
        with open(beside, "xb") as file:
            file.write(content)
        if mode is not None:
            os.chmod(beside, mode)
        os.replace(beside, target)
    except BaseException as error:
        if os.path.exists(beside):
            os.unlink(beside)
        if isinstance(error, OSError):
            error.filename = path  # Whoever reads the message named this one.
        raise


def _check(output: str) -> None:
    if not output or "\0" in output:
        raise UsageError(f"{output!r} names no file or folder to write")


def _content(file: OutputFile) -> bytes:
    return file.content.encode() if isinstance(file.content, str) else file.content
