"""The operating system behind a context: files below given roots, and engines as child processes.

Definitions are hostile until shown otherwise: a path is judged after all its links are followed, so neither `..` nor a
link reaches outside the roots; an engine sees a folder of its own, no home folder and none of the caller's variables.
"""

import os
import stat
from collections.abc import Iterable, Mapping

from isomorph.model.errors import EngineFailed, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import EngineResult

TIME_LIMIT = 60.0
"""Seconds that an engine may take."""

MAXIMUM_SIZE = 256 * 1024 * 1024
"""Bytes of the largest file that is read; the readers of texts have smaller limits of their own."""


class LocalFiles:
    """Files below some folders (or single files) of this machine; `/`-separated paths, relative to the current folder."""

    def __init__(self, roots: Iterable[str]) -> None:
        self.roots = tuple(os.path.realpath(root) for root in roots)
        self._folders = tuple(root if root.endswith(os.sep) else root + os.sep for root in self.roots)
        self._known: dict[str, str] = {}  # the real paths of folders whose files were asked for

    def _resolve(self, path: str) -> str:
        """Give the real path behind a path; raises InvalidInput where it is outside the roots."""
        if "\0" in path:
            raise InvalidInput("a path holds a null character", Origin(path.replace("\0", "\\0")))
        real = self._follow(path)
        if real in self.roots or real.startswith(self._folders):
            return real
        raise InvalidInput(
            f"{path} is outside the project and is not read", Origin(path), "start in the folder that holds all of it"
        )

    def _follow(self, path: str) -> str:
        """Give a path with all links followed; those of a folder are followed once for all that is in it."""
        folder, name = os.path.split(path)
        if name in ("", ".", "..") or os.path.islink(path):
            return os.path.realpath(path)
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = os.path.realpath(folder or ".")
        return f"{known}{name}" if known.endswith(os.sep) else f"{known}{os.sep}{name}"

    def read_bytes(self, path: str) -> bytes:
        """Give a file's content; raises as the system does, and OSError for what is no regular file."""
        with open(self._resolve(path), "rb", opener=_open_regular) as file:
            content = file.read(MAXIMUM_SIZE + 1)
        if len(content) > MAXIMUM_SIZE:
            raise InvalidInput(f"the file is larger than {MAXIMUM_SIZE} bytes", Origin(path))
        return content

    def is_file(self, path: str) -> bool:
        """Tell whether a regular file is there."""
        return os.path.isfile(self._resolve(path))

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder is there."""
        return os.path.isdir(self._resolve(path))

    def list_folder(self, path: str) -> list[str]:
        """Give the names in a folder, sorted."""
        try:
            return sorted(os.listdir(self._resolve(path)))
        except PermissionError as error:
            raise InvalidInput(f"folder {path} cannot be read: {error.strerror}", Origin(path)) from None


def _open_regular(path: str, flags: int) -> int:
    """Open a file without waiting for a pipe's other end, and refuse pipes, sockets and devices."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "Is a directory", path)
    raise PermissionError(13, "not a regular file", path)


class LocalEngines:
    """Engines on the search path of this machine, each run in a fresh folder that is removed afterwards."""

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self.time_limit = time_limit

    def find(self, name: str) -> str | None:
        """Give the program's path, or None where it is not installed."""
        from shutil import which

        return which(name)

    def run(self, name: str, args: list[str], files: Mapping[str, bytes]) -> EngineResult:
        """Run an engine in a folder that holds just `files`; raises EngineFailed where it is missing or takes too long."""
        import subprocess
        import tempfile

        program = self.find(name)
        if program is None:
            raise EngineFailed(f"{name} is not installed")
        with tempfile.TemporaryDirectory(prefix="isomorph-") as folder:
            folder = os.path.realpath(folder)
            work, home = os.path.join(folder, "work"), os.path.join(folder, "home")
            os.mkdir(work)
            os.mkdir(home)
            for path, content in files.items():
                _place(work, path, content)
            try:
                done = subprocess.run(
                    [program, *args],
                    cwd=work,
                    env=_environment(home),
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=self.time_limit,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise EngineFailed(f"{name} took longer than {self.time_limit:g} seconds and was stopped") from None
            except OSError as error:
                raise EngineFailed(f"{name} could not be started: {error.strerror}") from None
        # What it says of its folder is about files by the names that the caller gave them.
        output, errors = (
            text.decode("utf-8", "replace").replace(work + os.sep, "") for text in (done.stdout, done.stderr)
        )
        return EngineResult(done.returncode, output, errors)


def _place(folder: str, path: str, content: bytes) -> None:
    """Write one file below a folder; raises EngineFailed where its path would leave it."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or "\0" in path or not parts[-1]:
        raise EngineFailed(f"{path} is no path below the engine's folder")
    target = os.path.join(folder, *parts)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(content)


def _environment(home: str) -> dict[str, str]:
    """Give the variables of an engine: where programs are, an empty home, and neither proxies nor credentials."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP") if name in os.environ}
    return {**kept, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "LANG": "C.UTF-8"}
