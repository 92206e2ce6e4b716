"""Templates that are rendered where a task runs, as texts: services become addresses, secrets references, the rest literals.

Source of the language: https://github.com/hashicorp/consul-template/blob/main/docs/templating-language.md. Of several
instances of a service one is taken, since the model has an address for all of them; what is not understood is left open.
"""

import re
from typing import Any, Protocol

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
from isomorph.syntax.consul_template import Piece, TemplateParser, Words, split_assignment

_ENCODED = re.compile(r'\{\{-? *(?:"([A-Za-z0-9+/=]*)" *\| *base64Decode|base64Decode +"([A-Za-z0-9+/=]*)") *-?\}\}')
_MARK = "\0"
_MARKED = re.compile(f"{_MARK}([0-9]+){_MARK}")


class Offered(Protocol):
    """A service that a workload of the definition offers: its name, the workload's key, and the container's port."""

    name: str

    @property
    def workload(self) -> str: ...

    @property
    def target(self) -> int | None: ...


class Surroundings(Protocol):
    """What is known where a template is rendered."""

    def find_variable(self, name: str) -> Text | None: ...

    def find_service(self, name: str) -> Offered | None: ...


class Services(msgspec.Struct):
    """What a query for services gives: the instances of one, or one of them."""

    name: str
    offer: Offered | None
    one: bool = False


class Stored(msgspec.Struct):
    """What a store gives: a secret of Vault or a variable of Nomad, and the fields that lead into it."""

    path: str
    kind: str  # vault | nomad
    fields: tuple[str, ...] = ()


class Rendered(msgspec.Struct):
    """A template as a text, the services that it names and that the definition lacks, and the stores that it reads."""

    text: Text
    unknown: list[str] = []
    stores: dict[str, str] = {}


def render_text(text: Text, place: Surroundings, left: str = "{{", right: str = "}}") -> Rendered:
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


def render(source: str, place: Surroundings, left: str = "{{", right: str = "}}") -> Rendered:
    """Give a template's text as far as the definition settles it."""
    rendered = Rendered("", [], {})
    if left not in source:
        rendered.text = source
        return rendered
    try:
        pieces = TemplateParser(source, left or "{{", right or "}}").parse()
    except ValueError:
        rendered.text = (Placeholder(source),)
        return rendered
    rendered.text = make_text(list(_Evaluation(place, rendered).pieces(pieces, {})))
    return rendered


Names = dict[str, Any]
"""What names stand for in a part of a template: `.` and `$name`."""


class _Evaluation:
    """Says what pieces say; what it does not understand becomes a placeholder."""

    def __init__(self, place: Surroundings, rendered: Rendered) -> None:
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
        assigned, code = split_assignment(piece.code)
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
        assigned, code = split_assignment(piece.code)
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
            words = Words(code)
            return self.pipeline(words, names, "")
        except ValueError:
            return None

    def pipeline(self, words: "Words", names: Names, closing: str) -> Any:
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
            if field in ("Address", "NodeAddress"):
                return (Address(value.offer.workload, value.name),)
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
            return self.place.find_variable(arguments[0])
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
        offer = self.place.find_service(words[-1])
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
