"""Plain data to text that no reader can take for anything else.

Block style, two spaces, insertion order, no folding, no anchors. A string stays plain only where every dialect, and YAML
1.1 as well, reads it as that string; text of several lines becomes a literal block where a block can carry it exactly.
What may stand unescaped is fixed here, not asked of Python's Unicode tables, so that all machines write the same bytes.
"""

import re
from collections.abc import Iterable
from math import inf
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.syntax.yaml.dialects import Dialect


class Octal(int):
    """An integer that is written in octal, as Compose users write file modes; Kubernetes gets it in decimal."""


# Beyond ASCII: all that is neither a space, nor invisible, nor forbidden in YAML, nor without a character.
_BEYOND = (
    "\u00a1-\u00ac\u00ae-\u167f\u1681-\u180d\u180f-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufefe\uff00-\uffef\U00010000-\U0001fffd"
)
# Anything that some reader may take for a number, a time or a date: base 60 and dates of YAML 1.1 included.
_NUMBER_LIKE = re.compile(r"[0-9][0-9_.:,a-fA-FxXoO+-]*|[0-9]{4}-[0-9].*")
_WORDS = frozenset(("y", "yes", "n", "no", "on", "off", "true", "false", "null"))


class _Patterns:
    """What may be written how; compiled once for ASCII, and for all else only where there is any, as that takes 10 ms."""

    def __init__(self, beyond: str) -> None:
        # No `:` or `#`, whose neighbours matter, and no brackets or braces, which look like collections.
        inner = r"!\"$%&'()*+,\-./0-9;<=>?@A-Z\\^_`a-z|~" + beyond
        # A run of spaces or of colons is followed by something else: `: ` starts a value, and trailing spaces are lost.
        self.plain = re.compile(rf"(?:[A-Za-z_/$0-9{beyond}]|\.\.?/|--?(?=[A-Za-z]))[{inner}]*(?:(?: +|:+)[{inner}]+)*")
        self.literal = re.compile(rf"[\t\n\x20-\x7e{beyond}]+")
        self.escaped = re.compile(rf"[^\x20\x21\x23-\x5b\x5d-\x7e{beyond}]")


_ASCII = _Patterns("")
_unicode: list[_Patterns] = []


def _patterns_for(text: str) -> _Patterns:
    if text.isascii():
        return _ASCII
    if not _unicode:
        _unicode.append(_Patterns(_BEYOND))
    return _unicode[0]


_SHORT_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\0": "\\0",
    "\a": "\\a",
    "\x1b": "\\e",
}

# libyaml and its Go ports look no further than 1024 characters for the `:` behind a key.
LONG_KEY = 1000
# How decisions are remembered: only for strings short enough to repeat, and only so many.
_REMEMBERED_LENGTH, _REMEMBERED = 80, 20_000
_memo: dict[str, str] = {}


def emit_yaml(data: Any, *, dialect: Dialect, header: str = "") -> str:
    """Write one document of dictionaries, lists and scalars; `header` becomes comment lines above it."""
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    _Writer(dialect, lines).write_document(data)
    lines.append("")
    return "\n".join(lines)


def emit_documents(documents: Iterable[Any], dialect: Dialect, *, header: str = "") -> str:
    """Write several documents, a line `---` between them."""
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    writer = _Writer(dialect, lines)
    for number, data in enumerate(documents):
        if number:
            lines.append("---")
        writer.write_document(data)
    lines.append("")
    return "\n".join(lines) if len(lines) > 1 else ""


class _Writer:
    """Appends a document's lines to a list."""

    def __init__(self, dialect: Dialect, lines: list[str]) -> None:
        self.dialect = dialect
        self.lines = lines

    def write_document(self, data: Any) -> None:
        if isinstance(data, dict) and data:
            self.write_mapping(data, "")
        elif isinstance(data, list | tuple) and data:
            self.write_sequence(data, "")
        else:
            self.lines.append(self.to_text(data, "", root=True))

    def write_mapping(self, data: dict[Any, Any], pad: str) -> None:
        """Write entries, each on lines that begin with `pad`."""
        lines, memo, inner = self.lines, _memo, pad + "  "
        for key, value in data.items():
            name = memo.get(key) if type(key) is str else None
            if name is None:
                name = self.to_key(key)
            kind = type(value)
            if len(name) > LONG_KEY:
                self.write_long_entry(name, value, pad)
            elif kind is str:
                lines.append(f"{pad}{name}: {memo.get(value) or print_text(value, inner)}")
            elif kind is dict and value:
                lines.append(f"{pad}{name}:")
                self.write_mapping(value, inner)
            elif kind is list and value:
                lines.append(f"{pad}{name}:")
                self.write_sequence(value, inner)
            elif isinstance(value, dict | list | tuple) and value:
                lines.append(f"{pad}{name}:")
                self.write_collection(value, inner)
            else:
                lines.append(f"{pad}{name}: {self.to_text(value, inner)}")

    def write_sequence(self, data: list[Any] | tuple[Any, ...], pad: str) -> None:
        """Write items, each on lines that begin with `pad`; what is inside one begins beside its dash."""
        lines, memo, inner = self.lines, _memo, pad + "  "
        for value in data:
            kind = type(value)
            if kind is str:
                lines.append(f"{pad}- {memo.get(value) or print_text(value, inner)}")
            elif isinstance(value, dict | list | tuple) and value:
                first = len(lines)
                self.write_collection(value, inner)
                lines[first] = f"{pad}- {lines[first][len(inner) :]}"
            else:
                lines.append(f"{pad}- {self.to_text(value, inner)}")

    def write_collection(self, value: Any, pad: str) -> None:
        if isinstance(value, dict):
            self.write_mapping(value, pad)
        else:
            self.write_sequence(value, pad)

    def write_long_entry(self, name: str, value: Any, pad: str) -> None:
        """Write an entry in the form that sets no limit to its key."""
        lines, inner = self.lines, pad + "  "
        lines.append(f"{pad}? {name}")
        if isinstance(value, dict | list | tuple) and value:
            first = len(lines)
            self.write_collection(value, inner)
            lines[first] = f"{pad}: {lines[first][len(inner) :]}"
        else:
            lines.append(f"{pad}: {self.to_text(value, inner)}")

    def to_key(self, key: Any) -> str:
        if isinstance(key, str):
            return print_text(key, None)
        return self.to_text(key, "")

    def to_text(self, value: Any, pad: str, *, root: bool = False) -> str:
        """Give a scalar or an empty collection as text."""
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            return print_text(str(value), None if root else pad)
        if isinstance(value, int):
            if isinstance(value, Octal) and self.dialect is not Dialect.KUBERNETES:
                return f"-0{-value:o}" if value < 0 else f"0{value:o}"
            return int.__repr__(value)
        if isinstance(value, float):
            return print_float(value)
        if isinstance(value, dict):
            return "{}"
        if isinstance(value, list | tuple):
            return "[]"
        raise TypeError(f"YAML has no form for {type(value).__name__}")


def print_float(value: float) -> str:
    """Give a float as every reader of YAML takes it."""
    if value != value:
        return ".nan"
    if value in (inf, -inf):
        return ".inf" if value > 0 else "-.inf"
    return float.__repr__(value)


def print_text(text: str, pad: str | None) -> str:
    """Give a string as a plain, quoted or literal scalar; `pad` begins a literal's lines, None allows one line only."""
    if "\n" in text and pad is not None and _patterns_for(text).literal.fullmatch(text) and not text.isspace():
        return _print_literal(text, pad)
    printed = text if _is_plain(text) else print_quoted(text)
    if len(text) <= _REMEMBERED_LENGTH and "\n" not in text:  # With a line break it depends on where the text stands.
        if len(_memo) >= _REMEMBERED:
            _memo.clear()
        _memo[text] = printed
    return printed


def _is_plain(text: str) -> bool:
    """Say whether every reader takes the bare text for this string."""
    return (
        _patterns_for(text).plain.fullmatch(text) is not None
        and _NUMBER_LIKE.fullmatch(text) is None
        and (len(text) > 5 or text.lower() not in _WORDS)
    )


def _print_literal(text: str, pad: str) -> str:
    """Give a literal block; its indentation is stated where the first line would mislead a reader about it."""
    indicator = "2" if text[0] in " \t\n" else ""
    if not text.endswith("\n"):
        chomping, body = "-", text
    elif text.endswith("\n\n"):
        chomping, body = "+", text[:-1]
    else:
        chomping, body = "", text[:-1]
    lines = [pad + line if line else "" for line in body.split("\n")]
    return f"|{indicator}{chomping}\n" + "\n".join(lines)


def print_quoted(text: str) -> str:
    """Give a string in double quotes on one line, whatever it holds."""
    return f'"{_patterns_for(text).escaped.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise InvalidInput(f"text holds U+{code:04X}, half of a character, which YAML cannot carry", None, "remove it")
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
