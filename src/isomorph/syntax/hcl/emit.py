"""Plain data to HCL, laid out as `terraform fmt` and `nomad fmt` leave it.

Data is always a literal: nothing in a text, a key or a number can become an expression, for `${` and `%{` are doubled
(HCL's specification, "Template Expressions"). What is meant to be one is an `Expression` or a `Template`, which no data is;
a text of several lines that should stand as such is a `Heredoc`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset(("null", "true", "false", "for", "in", "if", "else", "endif", "endfor"))
_TRAVERSAL = re.compile(rf"{_IDENTIFIER.pattern}(?:\.{_IDENTIFIER.pattern}|\[[0-9]+\])*")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f-\x9f"\\\u2028\u2029\ufeff\ud800-\udfff]|\$+(?=\{)|%+(?=\{)')
_NOT_IN_HEREDOC = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]|\$\$\{|%%\{")
_TEMPLATE_START = re.compile(r"[$%](?=\{)")
_MARKS = ("EOT", "EOH", "EOF", "END")
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_LONGEST_LINE = 100
"""Characters of a list of scalars that still stands in one line."""


class Expression(msgspec.Struct, frozen=True):
    """A reference to something else of the configuration, `module.db.host`, `aws_instance.a.tags[0]`."""

    text: str


class Template(msgspec.Struct, frozen=True):
    """A text with references in it, `"${attr.kernel.name}"`: its literals and expressions in order."""

    parts: tuple[str | Expression, ...]


class Heredoc(msgspec.Struct, frozen=True):
    """A text that stands line by line between two marks, where HCL can say it so; else between quotes."""

    parts: tuple[str | Expression, ...]


class Block(msgspec.Struct, frozen=True):
    """A block: `TYPE "LABEL"… { BODY }`."""

    type: str
    labels: tuple[str, ...] = ()
    body: "Sequence[Mapping[str, Any] | Block]" = ()


Body = Sequence[Mapping[str, Any] | Block]
"""Groups of arguments and blocks, a blank line between each two."""


def emit_hcl(body: Body, *, header: str = "") -> str:
    """Write a file; `header` becomes comment lines above it. Raises InvalidInput for what HCL has no word for."""
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    for number, line in enumerate(_body_lines(body, "")):
        if not number and lines:
            lines.append("")
        lines.append(line)
    lines.append("")
    return "\n".join(lines)


def is_identifier(name: str) -> bool:
    """Tell whether HCL takes a name for an argument or a block, of those that ASCII can write."""
    return _IDENTIFIER.fullmatch(name) is not None


def _body_lines(body: Body, pad: str) -> Iterable[str]:
    for number, part in enumerate(part for part in body if part or isinstance(part, Block)):
        if number:
            yield ""
        if isinstance(part, Block):
            head = f"{pad}{_check_name(part.type)}{''.join(f' {print_string(label)}' for label in part.labels)}"
            inner = list(_body_lines(part.body, pad + "  "))
            yield from (f"{head} {{", *inner, f"{pad}}}") if inner else (f"{head} {{}}",)
        else:
            yield from _entries([(_check_name(name), value) for name, value in part.items()], pad)


def _check_name(name: str) -> str:
    if not is_identifier(name):
        raise InvalidInput(f"{name!r} is no name in HCL", None, "use letters, digits, `_` and `-`, a letter first")
    return name


def _entries(entries: list[tuple[str, Any]], pad: str) -> Iterable[str]:
    """Give lines of `NAME = VALUE`; the `=` of neighbours whose values take one line each stand below each other."""
    printed = [(name, list(_value_lines(value, pad))) for name, value in entries]
    # The lines of a heredoc are one to the formatters: the `=` before it stands below its neighbours', too.
    wide = [len(lines) > 1 and not lines[0].startswith("<<") for _, lines in printed]
    width = 0
    for index, (name, lines) in enumerate(printed):
        if wide[index]:
            width = 0
            yield f"{pad}{name} = {lines[0]}"
        else:
            if not width:
                end = next((at for at in range(index, len(printed)) if wide[at]), len(printed))
                width = max(len(other) for other, _ in printed[index:end])
            yield f"{pad}{name:<{width}} = {lines[0]}"
        yield from lines[1:]


def _value_lines(value: Any, pad: str) -> Iterable[str]:
    """Give the lines of a value, the first without its padding."""
    inner = pad + "  "
    if isinstance(value, Mapping) and value:
        yield "{"
        yield from _entries([(_print_key(key), each) for key, each in value.items()], inner)
        yield f"{pad}}}"
    elif isinstance(value, list | tuple) and value:
        line = _print_in_line(value, _LONGEST_LINE - len(pad))
        if line:
            yield line
            return
        yield "["
        for item in value:
            first, *rest = _value_lines(item, inner)
            lines = [f"{inner}{first}", *rest]
            lines[-1] += ","
            yield from lines
        yield f"{pad}]"
    elif isinstance(value, Heredoc):
        yield from _print_heredoc(value)
    else:
        yield _print_scalar(value)


def _print_in_line(items: Sequence[Any], room: int) -> str:
    """Give a list in one line, or nothing where it is too long or holds collections."""
    if any(isinstance(item, Mapping | list | tuple) and item for item in items):
        return ""
    line = f"[{', '.join(_print_scalar(item) for item in items)}]"
    return line if len(line) <= room else ""


def _print_scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return print_string(value)
    if isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
        return repr(value)
    if isinstance(value, Expression):
        return _print_expression(value)
    if isinstance(value, Template):
        return f'"{_print_parts(value.parts)}"'
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    raise InvalidInput(f"HCL has no way to write {value!r}", None, "write it as a text")


def _print_expression(value: Expression) -> str:
    if not _TRAVERSAL.fullmatch(value.text):
        raise InvalidInput(f"{value.text!r} names nothing in HCL")
    return value.text


def _print_parts(parts: Iterable[str | Expression]) -> str:
    """Write the inside of a text; a dollar in front of an expression is escaped, or it would make a literal of it."""
    written: list[str] = []
    for part in parts:
        if isinstance(part, Expression):
            if written and written[-1].endswith("$"):
                written[-1] = f"{written[-1][:-1]}{_escape_character('$')}"
            written.append(f"${{{_print_expression(part)}}}")
        else:
            written.append(_ESCAPED.sub(_escape, part))
    return "".join(written)


def _print_heredoc(value: Heredoc) -> list[str]:
    """Give the lines of a text as they are, between `<<EOT` and `EOT`; quoted where a line or a sign would not survive it."""
    texts = [part for part in value.parts if isinstance(part, str)]
    whole = "".join(part if isinstance(part, str) else "x" for part in value.parts)
    beside = any(isinstance(part, str) and part.endswith(("$", "%")) for part in value.parts)
    if not whole.endswith("\n") or beside or any(_NOT_IN_HEREDOC.search(text) for text in texts):
        return [f'"{_print_parts(value.parts)}"']
    lines = whole.split("\n")[:-1]
    mark = next((mark for mark in _MARKS if all(line.strip() != mark for line in lines)), None)
    if mark is None:
        return [f'"{_print_parts(value.parts)}"']
    written = "".join(
        f"${{{_print_expression(part)}}}" if isinstance(part, Expression) else _TEMPLATE_START.sub(r"\g<0>\g<0>", part)
        for part in value.parts
    )
    return [f"<<{mark}", *written.split("\n")[:-1], mark]


def _print_key(key: Any) -> str:
    text = str(key)
    if _BARE_KEY.fullmatch(text) and text not in _WORDS:
        return text
    # What is not ASCII is escaped: how wide it is shown is told by Unicode's tables, which differ between versions.
    return "".join(each if each.isascii() else _escape_character(each) for each in print_string(text))


def print_string(text: str) -> str:
    """Write a text between quotes. HCL normalises what it reads to Unicode's form C; nothing else changes."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] in "$%":
        # The one before `{` is doubled; those before it are escaped, or the scanner would pair them up.
        return _escape_character(found[0]) * (len(found) - 1) + found[0] * 2
    if "\ud800" <= found <= "\udfff":
        raise InvalidInput("a text holds half of a character (a lone surrogate)", None, "write it anew")
    return _SHORT_ESCAPES.get(found) or _escape_character(found)


def _escape_character(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
