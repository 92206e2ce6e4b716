"""Env files (`.env`, `env_file:`): lines of NAME=value with quotes, comments, escapes and variables of their own.

Source of the rules: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
and docker compose itself.
"""

import re

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import SecretValue, Text
from isomorph.platforms.compose.interpolation import Lookup, Substitution
from isomorph.syntax.encoding import decode

BEGIN = "# isomorph made these secrets; what is written between these two lines is replaced"
END = "# isomorph made the secrets above"
"""The lines around variables that are secrets: they stand for references to a store, as `${NAME}` where they are used."""

_ESCAPE = re.compile(r'\\([abcfnrtv$"\\]|0[0-7]{0,3})')
_ESCAPES = {
    "a": "\a", "b": "\b", "c": "\\c", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "$": "$$", '"': '"',
    "\\": "\\",
}  # fmt: skip
_QUOTED = {quote: re.compile(rf"{quote}(?:[^{quote}\\]|\\.)*+{quote}", re.DOTALL) for quote in "'\""}
_EXPORT = re.compile(r"export[ \t]+")
_NAME = re.compile(r"[^\n=:]*")


class Entry(msgspec.Struct, frozen=True):
    """A variable of an env file and where its value stands.

    Of a variable in the marked block, `value` is a reference to a secret of its name, and `secret` is what it holds.
    """

    value: Text
    origin: Origin
    secret: str | None = None


class EnvFile(msgspec.Struct, frozen=True):
    """The variables of an env file, and the names that its values use and nobody sets."""

    entries: dict[str, Entry]
    unset: dict[str, Origin]


def parse_env_file(content: bytes, file: str, lookup: Lookup, *, raw: bool = False) -> EnvFile:
    """Read an env file. `lookup` finds variables outside it, which win; `raw` takes every value as it stands.

    Raises InvalidInput with the line of what is wrong.
    """
    text = decode(content, file).replace("\r\n", "\n")
    parser = _Parser(text, file, lookup, raw)
    parser.parse()
    return EnvFile(parser.entries, parser.substitution.unset)


class _Parser:
    def __init__(self, text: str, file: str, lookup: Lookup, raw: bool) -> None:
        self.text = text
        self.file = file
        self.outside = lookup
        self.raw = raw
        self.position = 0
        self.line = 1
        self.line_start = 0
        self.in_block = False
        self.entries: dict[str, Entry] = {}
        self.substitution = Substitution(self.find)

    def find(self, name: str) -> tuple[Text, Origin | None] | None:
        found = self.outside(name)
        if found is None and name in self.entries:
            entry = self.entries[name]
            return entry.value, entry.origin
        return found

    def origin(self) -> Origin:
        return Origin(self.file, self.line, self.position - self.line_start + 1)

    def move(self, position: int) -> None:
        """Go on to a later position, counting the lines between."""
        lines = self.text.count("\n", self.position, position)
        if lines:
            self.line += lines
            self.line_start = self.text.rfind("\n", self.position, position) + 1
        self.position = position

    def end_of_line(self) -> int:
        end = self.text.find("\n", self.position)
        return len(self.text) if end < 0 else end

    def skip_blank(self) -> None:
        position = self.position
        while position < len(self.text) and self.text[position].isspace():
            position += 1
        self.move(position)

    def parse(self) -> None:
        while True:
            self.skip_blank()
            if self.position >= len(self.text):
                return
            if self.text[self.position] == "#":
                end = self.end_of_line()
                comment = self.text[self.position : end]
                if comment.startswith("# isomorph"):
                    self.in_block = comment == BEGIN or (self.in_block and comment != END)
                self.move(end)
                continue
            self.parse_entry()

    def parse_entry(self) -> None:
        export = _EXPORT.match(self.text, self.position)
        if export:
            self.move(export.end())
        start = self.origin()
        match = _NAME.match(self.text, self.position)
        assert match is not None  # it matches the empty text too
        name = match.group().strip()
        self.check_name(name, start)
        self.move(match.end())
        if self.text[self.position : self.position + 1] in ("", "\n"):
            found = self.outside(name)
            if found is not None:
                self.entries[name] = Entry(found[0], start)
            return
        self.move(self.position + 1)
        while self.text[self.position : self.position + 1] in (" ", "\t"):
            self.position += 1
        origin = self.origin()
        value = self.parse_value(origin)
        if self.in_block and name and value and isinstance(value, str):
            self.entries[name] = Entry((SecretValue(name),), origin, value)
        elif name:  # docker compose passes over a value without a name
            self.entries[name] = Entry(value, origin)

    def check_name(self, name: str, origin: Origin) -> None:
        for character in name:
            if character.isspace():
                raise InvalidInput("a variable's name cannot hold a space", origin, "write NAME=value")
            if not (character.isalnum() or character in "_.-[]"):
                raise InvalidInput(f"{character!r} cannot stand in a variable's name", origin, "write NAME=value")

    def parse_value(self, origin: Origin) -> Text:
        if self.raw:
            end = self.end_of_line()
            value = self.text[self.position : end]
            self.move(end)
            return value
        quote = self.text[self.position : self.position + 1]
        if quote in ('"', "'"):
            return self.parse_quoted(quote, origin)
        end = self.end_of_line()
        value = self.text[self.position : end].split(" #", 1)[0].strip()
        self.move(end)
        return self.substitution.substitute(value, origin) if "$" in value else value

    def parse_quoted(self, quote: str, origin: Origin) -> Text:
        match = _QUOTED[quote].match(self.text, self.position)
        if match is None:
            raise InvalidInput("a quoted value is not closed", origin, f"add the closing {quote}")
        value = match.group()[1:-1]
        self.move(match.end())
        if quote == "'":
            return value.replace("\\'", "'")
        value = _ESCAPE.sub(_unescape, value)
        return self.substitution.substitute(value, origin) if "$" in value else value


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code, 8)) if code[0] == "0" else _ESCAPES[code]
