"""Rendered templates as variables: `KEY=VALUE`, a line each, as Nomad's client takes them apart.

Source: github.com/hashicorp/go-envparse, which Nomad uses.
"""

import re

from isomorph.model.text import Part, Placeholder, Text, make_text, parts_of

_MARK = "\0"
_REFERENCE = re.compile(f"{_MARK}([0-9]+){_MARK}")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./]*")
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_UNICODE = re.compile(r"[0-9a-fA-F]{4}")


class Line:
    """A variable of a template: its name and value."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Text) -> None:
        self.name = name
        self.value = value


def parse_env_lines(text: Text) -> tuple[list[Line], list[str]]:
    """Give the variables of a rendered template, and lines that are none, as they are to be told.

    A reference that stands alone on a line may be any number of variables.
    """
    references: list[Part] = []
    flat: list[str] = []
    for part in parts_of(text):
        if isinstance(part, str):
            flat.append(part.replace(_MARK, ""))
        else:
            flat.append(f"{_MARK}{len(references)}{_MARK}")
            references.append(part)
    lines: list[Line] = []
    faults: list[str] = []
    for raw in "".join(flat).split("\n"):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        key, equals, value = stripped.partition("=")
        key = key.strip().removeprefix("export ").strip()
        if not equals or not _KEY.fullmatch(key):
            shown = _REFERENCE.sub(lambda found: _spell(references[int(found[1])]), stripped)
            faults.append(shown)
            continue
        lines.append(Line(key, _restore(_unquote(value.strip()), references)))
    return lines, faults


def _spell(part: Part) -> str:
    return part.expression if isinstance(part, Placeholder) else "${…}"


def _restore(text: str, references: list[Part]) -> Text:
    pieces = _REFERENCE.split(text)
    return make_text([references[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces)])


def _unquote(value: str) -> str:
    """Take quotes, escapes and the comment at the end away."""
    if not value or not ({'"', "'", "#"} & set(value)):
        return value
    taken: list[str] = []
    significant = 0
    quote = ""
    index = 0
    while index < len(value):
        character = value[index]
        index += 1
        if not quote and character == "#":
            return "".join(taken[:significant])
        if quote == '"' and character == "\\" and index < len(value):
            letter = value[index]
            index += 1
            code = _UNICODE.match(value, index) if letter == "u" else None
            if code is not None:
                taken.append(chr(int(code.group(), 16)))
                index += 4
            else:
                taken.append(_LETTERS.get(letter, letter))
            significant = len(taken)
        elif character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        else:
            taken.append(character)
            if quote or character not in " \t":
                significant = len(taken)
    return "".join(taken)
