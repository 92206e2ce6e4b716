"""Where a project starts, and so what its definitions may read."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.platforms.context import Context
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.table import load_function
from isomorph.project.definitions import NamedDefinition

PROJECT_FILE = "isomorph.yaml"
_MARKS = (PROJECT_FILE, ".git")
_FILE_OPTIONS = ("env-file", "file", "param-file", "values", "var-file")

NAMED_PATHS = "set-file"
"""The option whose values are `NAME=PATH,…`, as Helm's `--set-file` has them."""


def find_root(path: str) -> str | None:
    """Give the nearest folder at or above a path that holds `isomorph.yaml` or `.git`, or None."""
    return _find_above(path, _MARKS)


def _find_above(path: str, marks: tuple[str, ...]) -> str | None:
    here = os.path.realpath(path)
    if not os.path.isdir(here):
        here = os.path.dirname(here)
    while True:
        if any(os.path.exists(os.path.join(here, mark)) for mark in marks):
            return here
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def find_repository(path: str) -> str | None:
    """Give the nearest folder at or above a path that holds `.git`, else its project's: code hosts name files from there."""
    return _find_above(path, (".git",)) or find_root(path)


def readable_root(path: str) -> str:
    """Give the folder that a definition may read: its project, else the current folder where that holds it, else its own."""
    root = find_root(path)
    if root is not None:
        return root
    here, real = os.path.realpath("."), os.path.realpath(path)
    if real == here or real.startswith(here.rstrip(os.sep) + os.sep):
        return here
    return real if os.path.isdir(real) else os.path.dirname(real)


def open_context(definitions: Sequence[NamedDefinition], further: Iterable[str] = ()) -> Context:
    """Make the context in which definitions are read: their projects, and each file that an option names.

    `further` are other files that the caller named. Standard input is read where a definition is `-`; raises UsageError
    where several are.
    """
    if sum(definition.path == "-" for definition in definitions) > 1:
        raise UsageError("standard input (-) can be read as one definition only")
    roots: dict[str, None] = {}
    standard_input: bytes | None = None
    for definition in definitions:
        if definition.path == "-":
            standard_input = sys.stdin.buffer.read()
            roots[readable_root(".")] = None
        else:
            roots[readable_root(definition.path)] = None
        for option in _FILE_OPTIONS:  # No other: a link called as a profile is must not open what it leads to.
            named = definition.options.get(option, ())
            roots.update((path, None) for path in named if path and os.path.exists(path))
        for text in definition.options.get(NAMED_PATHS, ()):
            roots.update((path, None) for path in _list_files(text) if path and os.path.exists(path))
    roots.update((path, None) for path in further if os.path.exists(path))
    return Context(LocalFiles(roots), LocalEngines(), os.environ, standard_input)


def rename_files(text: str, rename: Callable[[str], str]) -> str:
    """Give a `NAME=PATH,…` with other paths; one that means nothing stays, for the reader says so."""
    try:
        return str(load_function("helm", "set_values", "rename_files")(text, rename))
    except InvalidInput:
        return text


def _list_files(text: str) -> list[str]:
    """Give the paths of a `NAME=PATH,…`."""
    found: list[str] = []

    def note(path: str) -> str:
        found.append(path)
        return path

    rename_files(text, note)
    return found
