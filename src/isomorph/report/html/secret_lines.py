"""The lines of a source file as they may be shown: secrets masked by what they are called, and by what they are.

Three things say that a line holds a secret: a name on it or beside it (`name: DB_PASSWORD` above `value: …`), a value of the
definition's that is secret by where it comes from, wherever it stands, and a finding that masks the value of that line.
Where it is not clear how far a secret goes, more is masked.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from isomorph.model.application import Definition
from isomorph.model.secrecy import MASK, is_secret_name, mask_text
from isomorph.model.text import parts_of
from isomorph.report.masked import mask_definition

_KEY = re.compile(r"""^(\s*(?:-\s+)*)(?:(["']?)([\w./-]+)\2)(\s*[:=]\s*)(.*)$""")
_VALUES = frozenset({"value", "default", "content", "data", "stringValue", "example"})
_NAMES = frozenset({"name", "key", "Name", "Key", "variable"})
_BLOCK = re.compile(r"^[|>][+-]?\d?[+-]?\s*(#.*)?$|^<<[-~]?\w+\s*$")
_TOKEN = re.compile(r"[A-Za-z_][\w.-]*")
_SECRET_KIND = re.compile(r"""^\s*["']?kind["']?\s*:\s*["']?(Sealed|External)?Secret["']?\s*,?\s*$""")
_OPEN_KEYS = frozenset({"apiVersion", "kind", "metadata", "name", "namespace", "type", "data", "stringData", "labels"})
_SHORTEST = 4
"""Characters from which a secret is masked inside of a word, too."""


class Secrets:
    """The values that are secret in some definitions."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        values: set[str] = set()
        for definition in definitions:
            values |= find_secrets(definition)
        self._by_start: dict[str, list[str]] = {}
        for value in sorted(values, key=lambda value: (-len(value), value)):
            self._by_start.setdefault(value[:_SHORTEST], []).append(value)
        short = [re.escape(value) for value in self._by_start if len(value) < _SHORTEST]
        self._short = re.compile(rf"(?<![\w.])(?:{'|'.join(sorted(short))})(?![\w.])") if short else None

    def mask(self, line: str) -> str:
        """Mask the values wherever they stand in a line (short ones as whole words), and what its own names say is secret."""
        masked = mask_text(line)
        if self._short is not None:
            masked = self._short.sub(MASK, masked)
        return self._mask_long(masked)

    def _mask_long(self, line: str) -> str:
        shown: list[str] = []
        done = at = 0
        while at <= len(line) - _SHORTEST:
            values = self._by_start.get(line[at : at + _SHORTEST], ())
            found = next((value for value in values if line.startswith(value, at)), None)
            if found is None:
                at += 1
            else:
                shown += (line[done:at], MASK)
                done = at = at + len(found)
        return "".join(shown) + line[done:] if shown else line


def find_secrets(definition: Definition) -> set[str]:
    """Give every text of a definition that is not shown as it is, by line, plain and as base64 writes it."""
    values: set[str] = set()
    masked = mask_definition(definition)
    pairs = _changed(definition.application, masked.application)
    for extra, shown in zip(definition.extras, masked.extras, strict=True):
        pairs = (*pairs, *_changed(extra.value, shown.value))
    for plain, shown_text in pairs:
        lines, shown_lines = plain.splitlines(), shown_text.splitlines()
        alike = len(lines) == len(shown_lines)
        changed = [a for a, b in zip(lines, shown_lines, strict=True) if a != b] if alike else lines
        values |= {line.strip() for line in changed}
        values.add(b64encode(plain.encode("utf-8", "replace")).decode())
    return {value for value in values if value and value != MASK and value.lower() not in ("true", "false", "null")}


def _changed(plain: Any, shown: Any) -> tuple[tuple[str, str], ...]:
    """Give the texts that masking changed, with what became of them."""
    return tuple(_walk(plain, shown)) if plain != shown else ()


def _walk(plain: Any, shown: Any) -> Iterator[tuple[str, str]]:
    if plain == shown:
        return
    if isinstance(plain, str | int | float | bytes) or plain is None:
        yield str(plain), shown if isinstance(shown, str) else ""
    elif isinstance(plain, dict) and isinstance(shown, dict):
        for key, value in plain.items():
            yield from _walk(value, shown.get(key, ""))
    elif isinstance(plain, msgspec.Struct) and type(plain) is type(shown):
        for field in plain.__struct_fields__:
            yield from _walk(getattr(plain, field), getattr(shown, field))
    elif isinstance(plain, list | tuple) and isinstance(shown, list | tuple) and len(plain) == len(shown):
        for value, other in zip(plain, shown, strict=True):
            yield from _walk(value, other)
    elif isinstance(plain, list | tuple):
        yield from ((part, "") for part in parts_of(tuple(plain)) if isinstance(part, str))


class MaskedLines:
    """The lines of a file as they may be shown. Of a large file few are: values are sought in those only."""

    def __init__(self, lines: list[str], decided: list[str | None], secrets: Secrets) -> None:
        self._lines = lines
        self._decided = decided
        self._secrets = secrets

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> str:
        shown = self._decided[index]
        if shown is None:
            shown = self._decided[index] = self._secrets.mask(self._lines[index])
        return shown


def mask_lines(lines: list[str], secret_places: Iterable[int], secrets: Secrets) -> MaskedLines:
    """Give the lines of a file as they may be shown; `secret_places` are lines (from 1) whose value a finding masks."""
    places = set(secret_places)
    shown: list[str | None] = []
    inside: int | None = None  # the indent of a secret that goes on below its line
    of_secret = _secret_documents(lines)
    for index, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if inside is not None and (indent > inside or not line.strip()):
            shown.append(_mask_rest(line) if line.strip() else line)
            continue
        inside = None
        found = _KEY.match(line)
        secret = index + 1 in places or (of_secret[index] and (found is None or found[3] not in _OPEN_KEYS))
        named = found is not None and (is_secret_name(found[3]) or _is_value_of_secret(lines, index, found))
        if secret or (named and found is not None and found[5].strip() not in ("", "{", "[")):
            shown.append(_mask_value(line, found))
        else:
            shown.append(None)
        if secret or named:
            inside = _going_on(found, indent, lines, index, secret)
    return MaskedLines(lines, shown, secrets)


def _going_on(found: re.Match[str] | None, indent: int, lines: list[str], index: int, secret: bool) -> int | None:
    """Give the indent below which a secret goes on: a block of text, a list, a text on further lines; not a mapping of names."""
    if found is None:
        return indent if secret else None
    value = found[5].strip()
    below = lines[index + 1] if index + 1 < len(lines) else ""
    if value in ("", "[", "{") and _KEY.match(below) and not secret:
        return None
    return len(found[1]) if value in ("", "[", "{") or _BLOCK.match(value) or secret or value[:1] in "\"'" else None


def _mask_value(line: str, found: re.Match[str] | None) -> str:
    if found is None:
        return _mask_rest(line)
    return f"{line[: found.start(5)]}{MASK}{',' if line.rstrip().endswith(',') else ''}"


def _mask_rest(line: str) -> str:
    return f"{line[: len(line) - len(line.lstrip())]}{MASK}"


def _is_value_of_secret(lines: list[str], index: int, found: re.Match[str]) -> bool:
    """Tell whether a line is the value of something whose name, on a line beside it or around it, says secret."""
    if found[3] not in _VALUES:
        return False
    column = len(found[1])
    for step in (-1, 1):
        at = index + step if step > 0 or "-" not in found[1] else -1
        while 0 <= at < len(lines):
            other = _KEY.match(lines[at])
            around = len(lines[at]) - len(lines[at].lstrip()) < column and other is None
            if around and step < 0:
                return any(is_secret_name(word) for word in _TOKEN.findall(lines[at]))
            if other is None or len(other[1]) != column or (step > 0 and "-" in other[1]):
                break
            if other[3] in _NAMES and is_secret_name(other[5].strip(" \"',")):
                return True
            if "-" in other[1]:
                break
            at += step
    return False


def _secret_documents(lines: list[str]) -> list[bool]:
    """Tell of each line whether it is in a document that is a Secret."""
    marks: list[bool] = []
    start = 0
    for end in (*(index for index, line in enumerate(lines) if line.startswith("---")), len(lines)):
        is_secret = any(_SECRET_KIND.match(line) for line in lines[start:end])
        marks += [is_secret] * (end - start)
        start = end
    return marks
