"""Templates that are rendered where a task runs, as texts: services become addresses, secrets references, the rest literals.

Source of the language: https://github.com/hashicorp/consul-template/blob/main/docs/templating-language.md. Of several
instances of a service one is taken, since the model has an address for all of them; what is not understood is left open.
"""

import re
from typing import Any

import msgspec

from isomorph.model.text import (
    Address,
    ConfigurationValue,
    Part,
    Placeholder,
    SecretValue,
    Text,
    make_text,
    map_parts,
    parts_of,
)
from isomorph.model.workload import Binary
from isomorph.platforms.nomad.references import Offer, Place, find_reference

MAXIMUM_ACTIONS = 2_000
"""Actions of one template; a longer one is left open."""
MAXIMUM_DEPTH = 50
"""Blocks of a template that may stand in each other."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|`(?P<raw>[^`]*)`|(?P<number>[0-9]+(?![A-Za-z0-9_.]))"""
    r"""|(?P<name>\$?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*|\$[A-Za-z0-9_]*|(?:\.[A-Za-z_][A-Za-z0-9_]*)+|\.)"""
    r"""|(?P<mark>:=|[()|,=]))"""
)
_CONTROL = re.compile(r"(range|with|if|block|define|else|end|break|continue)\b\s*(.*)", re.DOTALL)
_ENCODED = re.compile(r'\{\{-? *(?:"([A-Za-z0-9+/=]*)" *\| *base64Decode|base64Decode +"([A-Za-z0-9+/=]*)") *-?\}\}')
_ESCAPE = re.compile(r"\\(.)")
_MARK = "\0"
_MARKED = re.compile(f"{_MARK}([0-9]+){_MARK}")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Services(msgspec.Struct):
    """What a query for services gives: the instances of one, or one of them."""

    name: str
    offer: Offer | None
    one: bool = False


class Stored(msgspec.Struct):
    """What a store gives: a secret of Vault or a variable of Nomad, and the fields that lead into it."""

    path: str
    kind: str  # vault | nomad
    fields: tuple[str, ...] = ()


class Piece(msgspec.Struct):
    """A literal, an action, or a block with what it leads; `raw` is how it was written."""

    raw: str
    literal: bool = False
    code: str = ""
    word: str = ""
    body: "list[Piece]" = []
    other: "list[Piece]" = []


class Rendered(msgspec.Struct):
    """A template as a text, the services that it names and that the definition lacks, and the stores that it reads."""

    text: Text
    unknown: list[str] = []
    stores: dict[str, str] = {}


def render_text(text: Text, place: Place, left: str = "{{", right: str = "}}") -> Rendered:
    """Render a template in which variables without a value may stand, each as it is."""
    if isinstance(text, str):
        return render(text, place, left, right)
    references: list[Part] = [part for part in text if not isinstance(part, str)]
    numbers = iter(range(len(references)))
    flat = "".join(
        part.replace(_MARK, "") if isinstance(part, str) else f"{_MARK}{next(numbers)}{_MARK}" for part in text
    )

    def restore(part: Part) -> Text:
        if not isinstance(part, str):
            return (part,)
        pieces = _MARKED.split(part)
        return make_text([references[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces)])

    rendered = render(flat, place, left, right)
    rendered.text = map_parts(rendered.text, restore)
    return rendered


def render(source: str, place: Place, left: str = "{{", right: str = "}}") -> Rendered:
    """Give a template's text as far as the definition settles it."""
    rendered = Rendered("", [], {})
    if left not in source:
        rendered.text = source
        return rendered
    try:
        pieces = _Parser(source, left or "{{", right or "}}").parse()
    except ValueError:
        rendered.text = (Placeholder(source),)
        return rendered
    rendered.text = make_text(list(_Evaluation(place, rendered).pieces(pieces, {})))
    return rendered


class _Parser:
    """Cuts a template into pieces and puts its blocks together."""

    def __init__(self, source: str, left: str, right: str) -> None:
        self.tokens = _split(source, left, right)
        self.position = 0

    def parse(self) -> list[Piece]:
        pieces, end = self.until(0)
        if end is not None:
            raise ValueError("an end without a block")
        return pieces

    def until(self, depth: int) -> tuple[list[Piece], Piece | None]:
        """Read pieces up to the `else` or `end` of the block that is open."""
        if depth > MAXIMUM_DEPTH:
            raise ValueError("too deep")
        pieces: list[Piece] = []
        while self.position < len(self.tokens):
            piece = self.tokens[self.position]
            self.position += 1
            if piece.word in ("else", "end"):
                return pieces, piece
            if piece.word in ("range", "with", "if", "block", "define"):
                self.block(piece, depth)
            pieces.append(piece)
        if depth:
            raise ValueError("a block is not closed")
        return pieces, None

    def block(self, piece: Piece, depth: int) -> None:
        start = self.position
        piece.body, end = self.until(depth + 1)
        if end is not None and end.word == "else":
            if end.code:  # `else if`: a block in the other branch, which the same end closes
                control = _CONTROL.fullmatch(end.code)
                if control is None:
                    raise ValueError(end.code)
                inner = Piece(end.raw, word=control[1], code=control[2])
                self.block(inner, depth + 1)
                piece.other = [inner]
            else:
                piece.other, end = self.until(depth + 1)
        piece.raw += "".join(token.raw for token in self.tokens[start : self.position])


def _split(source: str, left: str, right: str) -> list[Piece]:
    """Split at actions; `{{-` and `-}}` take the white space beside them away."""
    pieces: list[Piece] = []
    done, trim = 0, False
    while (start := source.find(left, done)) >= 0:
        end = _find_end(source, start + len(left), right)
        inner = source[start + len(left) : end]
        literal = source[done:start]
        if trim:
            literal = literal.lstrip()
        if inner[:1] == "-" and inner[1:2].isspace():
            literal = literal.rstrip()
            inner = inner[1:]
        trim = inner[-1:] == "-" and inner[-2:-1].isspace()
        inner = inner[:-1] if trim else inner
        if literal:
            pieces.append(Piece(literal, literal=True))
        done = end + len(right)
        code = inner.strip()
        if not (code.startswith("/*") and code.endswith("*/")):
            control = _CONTROL.fullmatch(code)
            word, code = (control[1], control[2]) if control else ("", code)
            pieces.append(Piece(source[start:done], word=word, code=code))
        if len(pieces) > MAXIMUM_ACTIONS:
            raise ValueError("too long")
    rest = source[done:].lstrip() if trim else source[done:]
    if rest:
        pieces.append(Piece(rest, literal=True))
    return pieces


def _find_end(source: str, start: int, right: str) -> int:
    """Find the end of an action, past strings that hold it."""
    end = source.find(right, start)
    if end >= 0 and '"' not in source[start:end] and "`" not in source[start:end]:
        return end
    quote = ""
    index = start
    while index < len(source):
        character = source[index]
        if quote:
            if character == "\\" and quote == '"':
                index += 1
            elif character == quote:
                quote = ""
        elif source.startswith(right, index):
            return index
        elif character in '"`':
            quote = character
        index += 1
    raise ValueError("an action is not closed")


Names = dict[str, Any]
"""What names stand for in a part of a template: `.` and `$name`."""


class _Evaluation:
    """Says what pieces say; what it does not understand becomes a placeholder."""

    def __init__(self, place: Place, rendered: Rendered) -> None:
        self.place = place
        self.rendered = rendered

    def pieces(self, pieces: list[Piece], names: Names) -> list[Part]:
        parts: list[Part] = []
        for piece in pieces:
            if piece.literal:
                parts.append(piece.raw)
            elif piece.word:
                parts.extend(self.control(piece, dict(names)))
            else:
                parts.extend(self.action(piece, names))
        return parts

    def control(self, piece: Piece, names: Names) -> list[Part]:
        if piece.word not in ("range", "with", "if"):
            return [Placeholder(piece.raw)]
        assigned, code = _split_assignment(piece.code)
        value = self.value(code, names)
        if piece.word == "if":
            if value is None:
                return [Placeholder(piece.raw)]
            return self.pieces(piece.body if value not in (0, "", False) else piece.other, names)
        if isinstance(value, Services):
            value = Services(value.name, value.offer, one=value.one or piece.word == "range")
            if value.offer is None:
                return [Placeholder(piece.raw, value.name)]
        elif not isinstance(value, Stored) or piece.word == "range":
            return [Placeholder(piece.raw)]
        if len(assigned) == 2:
            names[assigned[0]] = 0
        if assigned:
            names[assigned[-1]] = value
        names["."] = value
        return self.pieces(piece.body, names)

    def action(self, piece: Piece, names: Names) -> list[Part]:
        assigned, code = _split_assignment(piece.code)
        value = self.value(code, names)
        if assigned:
            names[assigned[-1]] = value
            return []
        if isinstance(value, str | tuple):
            return list(parts_of(value))
        if isinstance(value, int):
            return [str(value)]
        return [Placeholder(piece.raw)]

    def value(self, code: str, names: Names) -> Any:
        """Give what a pipeline says: a text, services, something stored, a number; None where it is not understood."""
        try:
            words = _Words(code)
            return self.pipeline(words, names, "")
        except ValueError:
            return None

    def pipeline(self, words: "_Words", names: Names, closing: str) -> Any:
        value = self.call(words.command(closing), names, [])
        while words.take("|"):
            value = self.call(words.command(closing), names, [value])
        return value

    def call(self, command: list[tuple[str, Any]], names: Names, last: list[Any]) -> Any:
        """Call a function, or give the one value of a command."""
        kind, first = command[0]
        if kind == "name" and not first.startswith((".", "$")):
            arguments = [self.operand(word, names) for word in command[1:]] + last
            return self.function(first, arguments)
        return self.operand(command[0], names) if len(command) == 1 and not last else None

    def operand(self, word: tuple[str, Any], names: Names) -> Any:
        kind, value = word
        if kind == "group":
            return self.call_group(value, names)
        if kind != "name":
            return value
        if value.startswith("."):
            return self.fields(names.get("."), tuple(part for part in value.split(".") if part))
        if value.startswith("$"):
            head, *rest = value.split(".")
            return self.fields(names.get(head), tuple(rest))
        return self.function(value, [])

    def call_group(self, inner: tuple[str, str], names: Names) -> Any:
        code, fields = inner
        return self.fields(self.value(code, names), tuple(part for part in fields.split(".") if part))

    def fields(self, value: Any, fields: tuple[str, ...]) -> Any:
        for field in fields:
            value = self.field(value, field)
        return value

    def field(self, value: Any, field: str) -> Any:
        if isinstance(value, Services) and value.offer is not None:
            unit = value.offer.unit
            if field in ("Address", "NodeAddress"):
                return (Address(unit.key, value.name),)
            if field == "Port":
                return None if value.offer.target is None else str(value.offer.target)
            return value.offer.name if field in ("Name", "ServiceName") else None
        if isinstance(value, Stored):
            if field in ("Data", "data") and value.kind == "vault" and not [f for f in value.fields if f == "data"]:
                return msgspec.structs.replace(value, fields=(*value.fields, field))
            if field == "Items" and value.kind == "nomad":
                return value
            self.rendered.stores[value.path] = value.kind
            return (SecretValue(value.path, field),)
        # `.key.Value` of a Nomad variable's item.
        return value if isinstance(value, tuple) and field == "Value" else None

    def function(self, name: str, arguments: list[Any]) -> Any:
        if name in ("service", "nomadService", "connect"):
            return self.services([each for each in arguments if isinstance(each, str)])
        if name == "env" and arguments and isinstance(arguments[0], str):
            return find_reference(arguments[0], self.place)
        if name in ("secret", "nomadVar") and arguments and (path := _plain(arguments[0])) is not None:
            return Stored(path, "vault" if name == "secret" else "nomad")
        if name in ("key", "keyOrDefault") and arguments and isinstance(arguments[0], str):
            return (ConfigurationValue(arguments[0]),)
        if name == "index" and len(arguments) >= 2:
            return self.index(arguments[0], arguments[1:])
        return _text_function(name, arguments)

    def services(self, words: list[str]) -> Any:
        if not words:
            return None
        offer = self.place.cluster.find(words[-1])
        if offer is None and words[-1] not in self.rendered.unknown:
            self.rendered.unknown.append(words[-1])
        return Services(words[-1], offer)

    def index(self, value: Any, keys: list[Any]) -> Any:
        for key in keys:
            if isinstance(value, Services) and isinstance(key, int):
                value = Services(value.name, value.offer, one=True)
            elif isinstance(value, Stored) and isinstance(key, str):
                value = self.field(value, key)
            else:
                return None
        return value


def _plain(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _text_function(name: str, arguments: list[Any]) -> Any:
    """Give what a function makes of texts."""
    if not arguments or not all(isinstance(each, str | tuple) for each in arguments):
        return None
    last = arguments[-1]
    if name == "base64Decode" and isinstance(last, str):
        return _decode(last)
    if name == "toJSON":
        if isinstance(last, str):
            return msgspec.json.encode(last).decode()
        return make_text(['"', *last, '"'])
    if name in ("toLower", "toUpper") and isinstance(last, str):
        return last.lower() if name == "toLower" else last.upper()
    if name in ("trimSpace", "toString", "print"):
        if isinstance(last, str) and name == "trimSpace":
            return last.strip()
        return make_text([part for each in arguments for part in parts_of(each)])
    if name == "printf" and isinstance(arguments[0], str) and arguments[0].count("%s") == len(arguments) - 1:
        parts: list[Part] = []
        for index, literal in enumerate(arguments[0].split("%s")):
            parts.append(literal)
            if index + 1 < len(arguments):
                parts.extend(parts_of(arguments[index + 1]))
        return make_text(parts)
    return None


def decode_bytes(text: Text) -> Binary | None:
    """Give what a file holds that is one text in base64, where that is no text: `{{ "AP8=" | base64Decode }}`."""
    expression = text[0] if isinstance(text, tuple) and len(text) == 1 else None
    found = _ENCODED.fullmatch(expression.expression) if isinstance(expression, Placeholder) else None
    if found is None:
        return None
    from base64 import b64decode
    from binascii import Error

    try:
        return Binary(b64decode(found[1] or found[2] or "", validate=True))
    except Error:
        return None


def _decode(text: str) -> str | None:
    from base64 import b64decode
    from binascii import Error

    try:
        return b64decode(text, validate=True).decode("utf-8")
    except (Error, UnicodeDecodeError):
        return None


def _split_assignment(code: str) -> tuple[list[str], str]:
    """Split `$index, $value := PIPELINE`."""
    match = re.match(r"\s*(\$[A-Za-z0-9_]+)(?:\s*,\s*(\$[A-Za-z0-9_]+))?\s*:?=\s*(?!=)", code)
    if match is None:
        return [], code
    return [name for name in match.groups() if name], code[match.end() :]


class _Words:
    """The words of a pipeline."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.position = 0

    def next(self) -> tuple[str, Any] | None:
        """Give the next word, None at the end; raises ValueError for what is no word."""
        if not self.code[self.position :].strip():
            return None
        match = _TOKEN.match(self.code, self.position)
        if match is None:
            raise ValueError(self.code)
        self.position = match.end()
        if match["string"] is not None:
            return "text", _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), match["string"][1:-1])
        if match["raw"] is not None:
            return "text", match["raw"]
        if match["number"] is not None:
            return "number", int(match["number"][:18])
        if match["name"] is not None:
            return "name", match["name"]
        return "mark", match["mark"]

    def take(self, mark: str) -> bool:
        """Take a mark, if it comes next."""
        before = self.position
        if self.next() == ("mark", mark):
            return True
        self.position = before
        return False

    def command(self, closing: str) -> list[tuple[str, Any]]:
        """Give the words up to the next `|` or the end; what stands in parentheses is one."""
        words: list[tuple[str, Any]] = []
        while True:
            before = self.position
            word = self.next()
            if word is None or word == ("mark", "|"):
                self.position = before if word is not None else self.position
                if not words:
                    raise ValueError(self.code)
                return words
            if word == ("mark", "("):
                word = ("group", self.group())
            elif word[0] == "mark":
                raise ValueError(self.code)
            words.append(word)

    def group(self) -> tuple[str, str]:
        """Give what stands in parentheses, and the fields behind them."""
        start, depth = self.position, 1
        while depth:
            word = self.next()
            if word is None:
                raise ValueError(self.code)
            depth += {("mark", "("): 1, ("mark", ")"): -1}.get(word, 0)
        inner = self.code[start : self.position - 1]
        fields = re.compile(r"(?:\.[A-Za-z0-9_]+)*").match(self.code, self.position)
        assert fields is not None
        self.position = fields.end()
        return inner, fields.group()
