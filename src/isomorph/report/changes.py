"""Changed files for a person: a unified diff, in which secrets are masked as they are everywhere."""

import re
from collections.abc import Iterable

from isomorph.drift.finding import Environment
from isomorph.model.secrecy import MASK, has_secret, is_secret_name, mask_text
from isomorph.model.text import Text, parts_of
from isomorph.model.workload import Binary
from isomorph.report.terminal import Style, clean

_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null"))
"""Values that tell nothing, so that they are not masked wherever they stand."""

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_changes(files: Iterable[tuple[str, str, str]], secrets: Iterable[str], style: Style) -> str:
    """Write the differences between texts: of each file its path, its old and its new text."""
    from difflib import unified_diff

    hidden = _compile(secrets)
    lines: list[str] = []
    for path, old, new in files:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
        for line in unified_diff(before, after, clean(f"a/{path}") if old else "/dev/null", clean(f"b/{path}")):
            lines += _write_line(line, hidden, style)
    return "".join(lines)


def _write_line(line: str, hidden: "re.Pattern[str] | None", style: Style) -> list[str]:
    text = line.rstrip("\r\n")
    mark = text[:1]
    if not text.startswith(("---", "+++", "@@")):
        body = mask_text(text[1:])
        text = mark + (hidden.sub(MASK, body) if hidden is not None else body)
    # A tab is a file's own indentation, and does nothing to a terminal.
    shown = "\t".join(map(clean, text.split("\t")))
    end = [] if line.endswith("\n") else ["\\ No newline at end of file\n"]
    return [f"{style.paint(shown, _COLOURS[mark]) if mark in _COLOURS else shown}\n", *end]


def _compile(secrets: Iterable[str]) -> "re.Pattern[str] | None":
    words = sorted(
        {each for each in secrets if each and each.lower() not in _WORDS}, key=lambda each: (-len(each), each)
    )
    if not words:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")


def find_secrets(environments: Iterable[Environment]) -> set[str]:
    """Give all that is secret in environments, line by line, as it is written and in base64."""
    from base64 import b64encode

    found: set[str] = set()
    for environment in environments:
        application = environment.definition.application
        for secret in application.secrets.values():
            for value in secret.values.values():
                data = value.data if isinstance(value, Binary) else "".join(_literals(value)).encode()
                found.add(b64encode(data).decode())
                found.update(data.decode("utf-8", "replace").split("\n"))
        for workload in application.workloads.values():
            for container in workload.containers.values():
                for name, text in container.variables.items():
                    if is_secret_name(name) or has_secret(text):
                        found.update(line for part in _literals(text) for line in part.split("\n"))
    return found


def _literals(text: Text | None) -> list[str]:
    return [] if text is None else [part for part in parts_of(text) if isinstance(part, str)]
