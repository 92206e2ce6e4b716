"""The Score files that a project names by patterns: `*` and `?` stay within a name, `**` is any number of folders.

As in a shell, a name that begins with a dot is matched only by a pattern that says the dot. No pattern follows a link to
a folder, which may lead round in circles.
"""

import os.path
import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context

_DEEPEST = 32
_MOST = 20_000
"""Folders that are looked into for one pattern."""


def is_pattern(text: str) -> bool:
    """Tell whether a path is a pattern, and not one file or folder."""
    return "*" in text or "?" in text


def find_files(pattern: str, folder: str, context: Context, origin: Origin) -> list[str]:
    """Give the files below a folder that a pattern matches, sorted; raises InvalidInput for one that leaves the folder."""
    steps = [step for step in pattern.split("/") if step not in ("", ".")]
    if pattern.startswith("/") or ".." in steps:
        raise InvalidInput(f"the pattern {pattern} leads out of the project", origin, "name files below isomorph.yaml")
    found: set[str] = set()
    pending = [(folder, 0, 0)]
    seen: set[tuple[str, int]] = set()
    while pending:
        here, index, depth = pending.pop()
        if (here, index) in seen or depth > _DEEPEST:
            continue
        seen.add((here, index))
        if len(seen) > _MOST:
            raise InvalidInput(f"the pattern {pattern} looks into more than {_MOST} folders", origin, "name a folder")
        for path, rest in _advance(here, steps, index, context):
            if rest < len(steps):
                pending.append((path, rest, depth + 1))
            elif _is_file(path, context):
                found.add(path)
    return sorted(found)


def _advance(here: str, steps: list[str], index: int, context: Context) -> list[tuple[str, int]]:
    """Give what a folder holds that the next step of a pattern matches, each with the index of the step after it."""
    step = steps[index]
    if not is_pattern(step):
        return [(join_path(here, step), index + 1)] if _is_there(join_path(here, step), context) else []
    last = index + 1 == len(steps)
    entries = _list(here, context)
    folders = [(name, path) for name, path in entries if not os.path.islink(path)]
    if step != "**":
        matches = _compile(step)
        return [(path, index + 1) for name, path in (entries if last else folders) if matches.fullmatch(name)]
    below = [(path, index) for name, path in folders if not name.startswith(".")]
    if last:  # A last `**` is every file below.
        return below + [(path, index + 1) for name, path in entries if not name.startswith(".")]
    return below + _advance(here, steps, index + 1, context)


def _compile(step: str) -> re.Pattern[str]:
    marks = {"*": "[^/]*", "?": "[^/]"}
    text = "".join(marks.get(character) or re.escape(character) for character in re.sub(r"\*+", "*", step))
    return re.compile(("" if step.startswith(".") else r"(?!\.)") + text, re.DOTALL)


def join_path(folder: str, path: str) -> str:
    """Give a path that is relative to a folder as one relative to the current folder; `.` adds nothing."""
    if folder in ("", ".") or path.startswith("/"):
        return path
    return f"{folder.rstrip('/')}/{path}"


def _is_file(path: str, context: Context) -> bool:
    try:
        return context.files.is_file(path)
    except InvalidInput:
        return False


def _is_there(path: str, context: Context) -> bool:
    try:
        return context.files.is_file(path) or context.files.is_folder(path)
    except InvalidInput:
        return False


def _list(folder: str, context: Context) -> list[tuple[str, str]]:
    """Give the names in a folder with their paths; none of what is no folder or out of reach."""
    try:
        names = context.files.list_folder(folder) if context.files.is_folder(folder) else []
    except InvalidInput:
        return []
    return [(name, join_path(folder, name)) for name in names]
