"""Contexts without a machine behind them: files from a dictionary, no engines unless some are given."""

from collections.abc import Callable, Mapping

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, EngineResult, Engines, Source

Run = Callable[[list[str], Mapping[str, bytes]], EngineResult]


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part == "..":
            raise InvalidInput(f"{path} is outside the project and is not read", Origin(path))
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


class MemoryFiles:
    """Files by their paths, all relative to one root; folders are where files are below."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.files = {
            _normal(path): content.encode() if isinstance(content, str) else content for path, content in files.items()
        }

    def read_bytes(self, path: str) -> bytes:
        """Give a file's content."""
        content = self.files.get(_normal(path))
        if content is not None:
            return content
        if self.is_folder(path):
            raise IsADirectoryError(21, "Is a directory", path)
        raise FileNotFoundError(2, "No such file or directory", path)

    def is_file(self, path: str) -> bool:
        """Tell whether a file is there."""
        return _normal(path) in self.files

    def is_folder(self, path: str) -> bool:
        """Tell whether files are below a path."""
        normal = _normal(path)
        return not normal or any(name.startswith(normal + "/") for name in self.files)

    def list_folder(self, path: str) -> list[str]:
        """Give the names in a folder, sorted."""
        normal = _normal(path)
        prefix = normal + "/" if normal else ""
        names = {name[len(prefix) :].split("/")[0] for name in self.files if name.startswith(prefix)}
        if not names:
            raise FileNotFoundError(2, "No such file or directory", path)
        return sorted(names)


class MemoryEngines:
    """Engines that are Python functions; without any, none is installed."""

    def __init__(self, engines: Mapping[str, Run] | None = None) -> None:
        self.engines = dict(engines or {})

    def find(self, name: str) -> str | None:
        """Give a path for an engine that was given."""
        return f"/memory/{name}" if name in self.engines else None

    def run(self, name: str, args: list[str], files: Mapping[str, bytes]) -> EngineResult:
        """Call the function."""
        return self.engines[name](args, files)


def memory_context(
    files: Mapping[str, str | bytes] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    standard_input: str | bytes | None = None,
    engines: Engines | None = None,
) -> Context:
    """Give a context over files in memory."""
    given = standard_input.encode() if isinstance(standard_input, str) else standard_input
    return Context(
        files=MemoryFiles(files or {}),
        engines=engines or MemoryEngines(),
        environment=environment or {},
        standard_input=given,
    )


def source(path: str, **options: str | tuple[str, ...]) -> Source:
    """Give a source with options (`env_file="x"` is the option `env-file`)."""
    return Source(
        path,
        {key.replace("_", "-"): (value,) if isinstance(value, str) else value for key, value in options.items()},
    )
