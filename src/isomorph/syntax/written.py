"""How a value is written at a place of a text, and how another would be written there: YAML, JSON, HCL, lines of NAME=VALUE.

The text need not be well-formed as a whole, for a template's is not: what stands at a place is told from the characters
there. Whoever changes a text so reads it again, and so finds out whether it says what was meant.
"""

import json
import re
from enum import Enum

import msgspec

from isomorph.syntax.yaml.dialects import WORDS, Dialect


class Syntax(Enum):
    """The rules by which a text is written."""

    YAML = "yaml"
    JSON = "json"
    HCL = "hcl"
    LINES = "lines"


class Style(Enum):
    """How a value is written; an area holds several values, or is one whose pieces cannot be told apart."""

    PLAIN = "plain"
    DOUBLE = "double"
    SINGLE = "single"
    BLOCK = "block"
    HEREDOC = "heredoc"
    AREA = "area"


class Written(msgspec.Struct, frozen=True):
    """What stands at a place: from `start` to before `end`, in a style; `text` is what it says, without quotes."""

    start: int
    end: int
    style: Style
    text: str


_HCL_SUFFIXES = (".hcl", ".nomad", ".tf", ".tfvars")
_LINES_SUFFIXES = (".env", ".params", ".properties")
_ASSIGNMENT = re.compile(r"(?:export[ \t]+)?[A-Za-z_][\w.-]*=")
_HCL_BLOCK = re.compile(r"[\w \t\"-]*\{")
_HEREDOC = re.compile(r"<<-?([A-Za-z_]\w*)[ \t]*\r?\n")
_HCL_WORD = re.compile(r"[\w.+-]+")
_JSON_WORD = re.compile(r"[^\s,\]}\[{]+")
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]+)+")
_KEY = re.compile(r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s#&*!|>'\"%@`,\[\]{}:][^#\n]*?)[ \t]*:(?=[ \t\r\n]|$)")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\r?\n")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SINGLE = re.compile(r"'(?:[^']|'')*'", re.DOTALL)
_PLAIN_SAFE = re.compile(r"[A-Za-z0-9_./+-](?:[A-Za-z0-9_./:@+=~%,*$ -]*[A-Za-z0-9_./@+=~%*$-])?")
_LINE_SAFE = re.compile(r"[A-Za-z0-9_./:@+=~%,*-]*")
_NUMBER = re.compile(r"[-+]?(?:0[xob])?[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")


def syntax_of(path: str, text: str) -> Syntax:
    """Tell how a file is written, by its name and its first character."""
    name = path.rpartition("/")[2].lower()
    if name.endswith(_HCL_SUFFIXES):
        return Syntax.HCL
    if name.startswith(".env") or name.endswith(_LINES_SUFFIXES):
        return Syntax.LINES
    start = text.lstrip()[:2]
    return Syntax.JSON if start[:1] in ("{", "[") and start != "{{" else Syntax.YAML


def offset_of(text: str, line: int, column: int) -> int | None:
    """Give the index of a place (line and column from 1), None where the text has no such place."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if not start:
            return None
    offset = start + column - 1
    return offset if offset < len(text) else None


def find_written(text: str, offset: int, syntax: Syntax) -> Written | None:
    """Tell what stands at a place; None where that is nothing that could be written otherwise (an alias)."""
    if syntax is Syntax.YAML and (found := _PROPERTIES.match(text, offset)):
        offset = found.end()
    character = text[offset : offset + 1]
    if syntax is not Syntax.YAML and syntax is not Syntax.JSON and (assigned := _ASSIGNMENT.match(text, offset)):
        return _find_line(text, assigned.end())
    if syntax is Syntax.LINES:
        return _find_line(text, offset)
    if syntax is Syntax.YAML and _KEY.match(text, offset) and not _in_braces(text, offset):
        return _find_entries(text, offset)
    if character == '"':
        return _quoted(_DOUBLE.match(text, offset), Style.DOUBLE)
    if character == "'" and syntax is Syntax.YAML:
        return _quoted(_SINGLE.match(text, offset), Style.SINGLE)
    if character in ("[", "{"):
        return _find_area(text, offset)
    if syntax is Syntax.HCL:
        return _find_hcl(text, offset)
    if syntax is Syntax.JSON:
        return _word(_JSON_WORD.match(text, offset))
    if character in ("|", ">"):
        return _find_block(text, offset)
    return None if character in ("*", "") else _find_plain(text, offset)


def _quoted(found: "re.Match[str] | None", style: Style) -> Written | None:
    if found is None:
        return None
    raw = found.group()
    if style is Style.SINGLE:
        return Written(found.start(), found.end(), style, raw[1:-1].replace("''", "'"))
    try:
        text = json.loads(raw, strict=False)
    except ValueError:
        text = raw[1:-1]
    return Written(found.start(), found.end(), style, text)


def _word(found: "re.Match[str] | None") -> Written | None:
    return None if found is None else Written(found.start(), found.end(), Style.PLAIN, found.group())


def _find_line(text: str, offset: int) -> Written | None:
    """Give the value on a line of a file of variables, in its quotes if it has some."""
    if text[offset : offset + 1] == '"':
        return _quoted(_DOUBLE.match(text, offset), Style.DOUBLE)
    if text[offset : offset + 1] == "'":
        found = re.compile(r"'[^']*'").match(text, offset)
        return found and Written(offset, found.end(), Style.SINGLE, found.group()[1:-1])
    return _find_plain(text, offset)


def _find_plain(text: str, offset: int) -> Written:
    """Give what stands up to the end of the line or a comment, in braces up to what ends it there."""
    end = text.find("\n", offset)
    line = text[offset : end if end >= 0 else len(text)]
    line = line.partition(" #")[0]
    if _in_braces(text, offset):
        line = re.split(r"[,\]}]", line, maxsplit=1)[0]
    line = line.rstrip()
    return Written(offset, offset + len(line), Style.PLAIN, line)


def _in_braces(text: str, offset: int) -> bool:
    """Tell whether a place is inside braces or brackets that its own line opens; those of templates do not count."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    before = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|\{\{.*?\}\}|\$\{\{?.*?\}\}?", "", before)
    return before.count("{") + before.count("[") > before.count("}") + before.count("]")


def _find_area(text: str, offset: int) -> Written | None:
    """Give what stands between a brace or bracket and its partner, both included."""
    depth, place = 0, offset
    while place < len(text):
        character = text[place]
        if character == '"':
            found = _DOUBLE.match(text, place)
            if found is None:
                return None
            place = found.end()
            continue
        depth += (character in "[{") - (character in "]}")
        place += 1
        if not depth:
            return Written(offset, place, Style.AREA, text[offset:place])
    return None


def _find_hcl(text: str, offset: int) -> Written | None:
    if (found := _HEREDOC.match(text, offset)) is not None:
        end = re.compile(rf"^[ \t]*{found.group(1)}\b", re.MULTILINE).search(text, found.end())
        return end and Written(offset, end.end(), Style.HEREDOC, _body(text, found, end.start()))
    if (block := _HCL_BLOCK.match(text, offset)) is not None:
        return _find_area(text, block.end() - 1)
    return _word(_HCL_WORD.match(text, offset))


def _body(text: str, head: re.Match[str], end: int) -> str:
    """Give what a heredoc says: without the indentation of all its lines, where it is marked so."""
    body = text[head.end() : end]
    if not head.group().startswith("<<-"):
        return body
    width = len(_indent_of(body))
    return "".join(line[width:] if line.strip() else line for line in body.splitlines(keepends=True))


def _indent_of(body: str) -> str:
    """Give the indentation that all lines of a text have."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in body.splitlines() if line.strip()]
    return min(indents, key=len, default="")


def _find_entries(text: str, offset: int) -> Written:
    """Give the entries of a mapping from a key on: all lines that are not indented less."""
    column = offset - text.rfind("\n", 0, offset) - 1
    end = _end_of_lines(text, offset, column)
    return Written(offset, end, Style.AREA, text[offset:end])


def _end_of_lines(text: str, offset: int, indent: int) -> int:
    """Give where the lines below a place end that are empty or indented at least so far."""
    end = text.find("\n", offset) + 1 or len(text)
    last = end
    while end < len(text):
        stop = text.find("\n", end) + 1 or len(text)
        line = text[end:stop]
        if line.strip():
            if len(line) - len(line.lstrip(" ")) < indent:
                break
            last = stop
        end = stop
    return last


def _find_block(text: str, offset: int) -> Written | None:
    """Give a block of text, its `|` included; it says its lines without their common indentation."""
    head = _BLOCK.match(text, offset)
    if head is None:
        return None
    first = re.compile(r"(?:[ \t]*\r?\n)*( *)\S").match(text, head.end())
    indent = len(first.group(1)) if first else 0
    own = text[text.rfind("\n", 0, offset) + 1 : offset]
    if not first or indent <= len(own) - len(own.lstrip(" ")):
        return None
    end = _end_of_lines(text, offset, indent)
    lines = text[head.end() : end].splitlines(keepends=True)
    return Written(offset, end, Style.BLOCK, "".join(line[indent:] or line.lstrip(" ") for line in lines))


def write_value(text: str, written: Written, syntax: Syntax, value: str, *, is_text: bool) -> list[str]:
    """Give ways of writing a value in the place of another, that one's own way first.

    `is_text`: the reader wants a text there, so that what looks like a number or a word with a meaning gets quotes.
    """
    if syntax is Syntax.LINES or (syntax is Syntax.HCL and written.style is Style.PLAIN and is_text):
        return _write_line(written, value)
    if written.style is Style.BLOCK:
        return _write_block(text, written, value)
    if written.style is Style.HEREDOC:
        return _write_heredoc(text, written, value)
    quoted = quote(value, syntax)
    if written.style is Style.DOUBLE:
        return [quoted]
    if written.style is Style.SINGLE:
        return ["'" + value.replace("'", "''") + "'"] if "\n" not in value else [quoted]
    if written.style is Style.AREA:
        return []
    if syntax is not Syntax.YAML:
        return [value] if is_word(value) else [quoted]
    if not is_plain(value):
        return [quoted]
    if is_text and is_word(value) and not is_word(written.text):
        return [quoted, value]
    return [value, quoted]


def quote(value: str, syntax: Syntax) -> str:
    """Write a text in double quotes; in HCL, templates in it are none."""
    quoted = json.dumps(value, ensure_ascii=False)
    if syntax is Syntax.HCL:
        quoted = quoted.replace("${", "$${").replace("%{", "%%{")
    return quoted


def is_plain(value: str) -> bool:
    """Tell whether YAML can say a value without quotes, be it a text, a number or a word."""
    return _PLAIN_SAFE.fullmatch(value) is not None and ": " not in value and not value.startswith(("- ", "-."))


def is_word(value: str) -> bool:
    """Tell whether a value without quotes is a number, or a word such as `true` that means something else than a text."""
    return (
        _NUMBER.fullmatch(value) is not None
        or value in WORDS[Dialect.COMPOSE]
        or value.lower() in ("true", "false", "null", "yes", "no", "on", "off", "~", "y", "n")
    )


def _write_line(written: Written, value: str) -> list[str]:
    if written.style is Style.SINGLE and "'" not in value and "\n" not in value:
        return [f"'{value}'"]
    quoted = json.dumps(value, ensure_ascii=False).replace("$", "\\$")
    if written.style is Style.PLAIN and _LINE_SAFE.fullmatch(value):
        return [value]
    return [quoted] if "\n" in value or '"' in value or "\\" in value else [quoted, f'"{value}"']


def _write_block(text: str, written: Written, value: str) -> list[str]:
    """Write a text as a block with the indentation of another; only one that ends as the other does."""
    if value.endswith("\n") != written.text.endswith("\n") or value.startswith((" ", "\n")):
        return []
    head = _BLOCK.match(text, written.start)
    assert head is not None
    body = text[head.end() : written.end]
    indent = re.match(r"(?:[ \t]*\r?\n)*( *)", body)
    assert indent is not None
    lines = value.splitlines(keepends=True)
    return [head.group() + "".join(f"{indent.group(1)}{line}" if line.strip() else line for line in lines)]


def _write_heredoc(text: str, written: Written, value: str) -> list[str]:
    """Write a text as a heredoc with the marks and the indentation of another."""
    head = _HEREDOC.match(text, written.start)
    if head is None or not value.endswith("\n"):
        return []
    raw = text[head.end() : written.end]
    end = raw[raw.rfind("\n") + 1 :]
    stripped = _indent_of(raw.removesuffix(end)) if text.startswith("<<-", written.start) else ""
    escaped = value.replace("${", "$${").replace("%{", "%%{")
    lines = escaped.splitlines(keepends=True)
    return [head.group() + "".join(f"{stripped}{line}" if line.strip() else line for line in lines) + end]
