"""The contents of files as what they hold: JSON and YAML compare as data, the rest line by line."""

from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput

_FORMATS = {"json": "json", "yaml": "yaml", "yml": "yaml"}
_NOT_DATA = object()
_LONGEST_LINE = 80


def is_same_data(path: str, ours: str, theirs: str) -> bool:
    """Tell whether two contents that differ in characters are the same data, where the file's name says that it is data."""
    form = _FORMATS.get(path.rpartition(".")[2].lower())
    if form is None:
        return False
    read = _read_json if form == "json" else _read_yaml
    mine = read(ours, path)
    try:
        return mine is not _NOT_DATA and bool(mine == read(theirs, path))
    except RecursionError:  # Nested deeper than Python compares.
        return False


def _read_json(text: str, _path: str) -> Any:
    try:
        return msgspec.json.decode(text.encode("utf-8", "surrogatepass"))
    except (msgspec.DecodeError, RecursionError):
        return _NOT_DATA


def _read_yaml(text: str, path: str) -> Any:
    from isomorph.syntax.tree import to_data
    from isomorph.syntax.yaml.dialects import Dialect
    from isomorph.syntax.yaml.read import parse_yaml

    try:
        return [to_data(document.root) for document in parse_yaml(text, path, Dialect.KUBERNETES)]
    except InvalidInput:
        return _NOT_DATA


def describe_difference(ours: str, theirs: str) -> str:
    """Give the first line in which two texts differ, as a part of a sentence; passwords in URLs are masked before."""
    mine, yours = ours.splitlines(), theirs.splitlines()
    for index in range(max(len(mine), len(yours))):
        one = mine[index] if index < len(mine) else None
        other = yours[index] if index < len(yours) else None
        if one != other:
            return f"line {index + 1} is {_quote(one)} and {_quote(other)}"
    return "they differ in the ends of their lines"


def _quote(line: str | None) -> str:
    if line is None:
        return "not there"
    line = mask_assignment(line)
    return f"`{line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + '…'}`"


def mask_assignment(line: str) -> str:
    """Mask what a line sets for a name that says that its value is secret."""
    from isomorph.model.secrecy import MASK, is_secret_name, mask_text

    for mark in ("=", ":"):  # The first that is there decides what the name is.
        name, found, value = line.partition(mark)
        if found and value.strip() and is_secret_name(name.strip().strip("\"'")):
            return f"{name}{mark} {MASK}"
    return mask_text(line)
