"""Plain data to KYAML, the strict subset of YAML that `kubectl -o kyaml` writes: braces, quotes, nothing to misread.

What is written where is what sigs.k8s.io/yaml/kyaml 1.6 does, that of kubectl 1.34 (KEP-5295): every document begins with
`---`, text is always in double quotes, a line break in it is `\\n` and the end of a line, and collections in a list share
lines with its brackets. Other than there, text is also safe from other readers of YAML: a key is quoted as well that is
no number only because it is too great, no date only because there is no such day, or that is not ASCII; and a line that
begins with a space that must be escaped gets one backslash, where that encoder writes two, and so another text.
"""

import re
from collections.abc import Iterable
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.syntax.yaml.emit import LONG_KEY, print_float

# What needs no quotes as a key: letters, digits and underscores, and within it what joins them.
_BARE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_./-]*[A-Za-z0-9_])?")
# What some reader takes for something else: words, and numbers and dates, whose underscores count for nothing.
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "t", "n", "f"))
_NUMBER = re.compile(
    r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e-?[0-9]+)?|-?inf(?:inity)?|nan|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"|-?0(?:x[0-9a-f]+|b[01]+|o[0-7]+)|-?0x(?:[0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)p-?[0-9]+",
    re.IGNORECASE,
)
_ESCAPED_ASCII = re.compile(r"[^\t\x20\x21\x23-\x5b\x5d-\x7e]")
# Beyond ASCII: what has a form of its own, as Go's unicode.IsPrint has it, but fixed here for all machines.
_PRINTED = (
    "\u00a1-\u00ac\u00ae-\u05ff\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u088f\u0892-\u08e1\u08e3-\u167f\u1681-\u180d"
    "\u180f-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\uffef\ufffc\ufffd"
    "\U00010000-\U000110bc\U000110be-\U000110cc\U000110ce-\U0001342f\U00013440-\U0001bc9f\U0001bca4-\U0001d172"
    "\U0001d17b-\U0001fffd\U00020000-\U0002fffd\U00030000-\U0003fffd\U000e0100-\U000e01ef"
)
_escaped_beyond: list[re.Pattern[str]] = []
_SHORT_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\r": "\\r",
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\v": "\\v",
    "\x1b": "\\e",
    "\x85": "\\N",
    "\xa0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def emit_kyaml(documents: Iterable[Any], *, header: str = "") -> str:
    """Write documents of dictionaries, lists and scalars; `header` becomes comment lines above them.

    Raises InvalidInput for text that no YAML can carry.
    """
    pieces: list[str] = []
    for data in documents:
        pieces.append("---\n")
        _write(data, "", pieces)
        pieces.append("\n")
    if not pieces:
        return ""
    return "".join((*(f"# {line}".rstrip() + "\n" for line in header.splitlines()), *pieces))


def _write(value: Any, pad: str, pieces: list[str]) -> None:
    """Add a value that stands where lines begin with `pad`; what is inside one begins two spaces further."""
    if isinstance(value, str):
        pieces.append(print_kyaml_text(value, pad + "  "))
    elif isinstance(value, dict) and value:
        _write_mapping(value, pad, pieces)
    elif isinstance(value, list | tuple) and value:
        _write_list(value, pad, pieces)
    else:
        pieces.append(_print_scalar(value))


def _write_mapping(data: dict[Any, Any], pad: str, pieces: list[str]) -> None:
    inner = pad + "  "
    pieces.append("{\n")
    for key, value in data.items():
        name = print_kyaml_key(key if isinstance(key, str) else _print_scalar(key))
        pieces.append(f"{inner}{name}: " if len(name) <= LONG_KEY else f"{inner}? {name}\n{inner}: ")
        _write(value, inner, pieces)
        pieces.append(",\n")
    pieces.append(pad + "}")


def _write_list(data: list[Any] | tuple[Any, ...], pad: str, pieces: list[str]) -> None:
    """Add a list: brackets and braces on one line where it holds nothing but collections, else an item a line."""
    if all(isinstance(value, dict | list | tuple) for value in data):
        pieces.append("[")
        for number, value in enumerate(data):
            if number:
                pieces.append(", ")
            _write(value, pad, pieces)
        pieces.append("]")
        return
    inner = pad + "  "
    pieces.append("[\n")
    for value in data:
        pieces.append(inner)
        _write(value, inner, pieces)
        pieces.append(",\n")
    pieces.append(pad + "]")


def _print_scalar(value: Any) -> str:
    """Give a number, a boolean, null or an empty collection as text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return print_float(value)
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    raise TypeError(f"YAML has no form for {type(value).__name__}")


def print_kyaml_key(key: str) -> str:
    """Give a key, in quotes where some reader could take it for something else than this text."""
    if _BARE.fullmatch(key) and key.lower() not in _WORDS and not _NUMBER.fullmatch(key.replace("_", "")):
        return str(key)
    return f'"{_escape(key)}"'.replace("\t", "\\t")


def print_kyaml_text(text: str, pad: str) -> str:
    """Give a text in double quotes: on one line, or each of its lines on one that begins with `pad`.

    A line's first character stands one further; a space or a tab there is escaped in that place, as it would be lost.
    """
    if "\n" not in text:
        return f'"{_escape(text)}"'
    *lines, last = text.split("\n")
    written = ['"\\']
    written += (f"{pad}{_lead(line)}{_escape(line)}\\n\\" for line in lines)
    if last:
        written.append(f"{pad}{_lead(last)}{_escape(last)}\\")
    written.append(f'{pad}"')
    return "\n".join(written)


def _lead(line: str) -> str:
    return "\\" if line.startswith((" ", "\t")) else " "


def _escape(line: str) -> str:
    """Escape what cannot stand for itself."""
    if line.isascii():
        return _ESCAPED_ASCII.sub(_escape_one, line)
    if not _escaped_beyond:  # Compiled only where there is any such text: it takes 10 ms.
        _escaped_beyond.append(re.compile(rf"[^\t\x20\x21\x23-\x5b\x5d-\x7e{_PRINTED}]"))
    return _escaped_beyond[0].sub(_escape_one, line)


def _escape_one(found: re.Match[str]) -> str:
    character = found.group()
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise InvalidInput(f"text holds U+{code:04X}, half of a character, which YAML cannot carry", None, "remove it")
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
