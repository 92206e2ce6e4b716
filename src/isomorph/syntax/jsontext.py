"""JSON with positions: strict where libyaml is not, and whole where libyaml is not (surrogate pairs, tabs, long keys).

Several values may follow each other, as `kubectl get -o json` streams them. Nothing recurses.
"""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect, resolve_number

# RFC 8259: white space, then one token. A string without escapes is the common case and has a group of its own.
_TOKEN = re.compile(
    r"[ \t\r\n]*(?:"
    r'"(?P<simple>[^"\\\x00-\x1f]*)"'
    r"|(?P<mark>[{}\[\]:,])"
    r'|"(?P<escaped>(?:[^"\\\x00-\x1f]|\\.)*)"'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![0-9A-Za-z_.+-])"
    r"|(?P<word>true|false|null)(?![0-9A-Za-z_])"
    r")"
)
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))")
_LETTERS = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}


def parse_json(text: str, file: str, dialect: Dialect = Dialect.JSON, *, depth: int = 100) -> list[Node]:
    """Read the values of a JSON text; raises InvalidInput with the position of what is wrong."""
    return _Reader(text, file, dialect, depth).read()


class _Reader:
    """Reads one text; `open` holds the collections around the next token, the innermost last."""

    def __init__(self, text: str, file: str, dialect: Dialect, depth: int) -> None:
        self.text = text
        self.file = file
        self.dialect = dialect
        self.depth = depth
        self.line = 1
        self.line_start = 0
        self.counted = 0
        self.roots: list[Node] = []
        self.open: list[Mapping | Sequence] = []
        self.keys: list[Scalar | None] = []  # The key whose value comes next, for each open mapping.
        self.expected = "value"  # One of: value, first (value or end), key, first-key, colon, comma.

    def read(self) -> list[Node]:
        match, end, position = _TOKEN.match, len(self.text), 0
        while True:
            token = match(self.text, position)
            if token is None:
                position = _SPACE.match(self.text, position).end()  # type: ignore[union-attr]
                if position < end:
                    raise self.refuse(position)
                if self.open:
                    kind = "mapping" if isinstance(self.open[-1], Mapping) else "list"
                    raise InvalidInput(
                        f"the {kind} that begins here is not closed", self.open[-1].origin, "the text ends"
                    )
                return self.roots
            group = token.lastgroup or ""
            start = token.start(group) - (group in ("simple", "escaped"))
            position = token.end()
            if group == "mark":
                self.take_mark(token.group(group), start)
            else:
                self.take_scalar(group, token.group(group), start)

    def to_origin(self, position: int) -> Origin:
        """Give the line and column of a position; positions only grow, so that lines are counted once."""
        newlines = self.text.count("\n", self.counted, position)
        if newlines:
            self.line += newlines
            self.line_start = self.text.rfind("\n", self.counted, position) + 1
        self.counted = position
        return Origin(self.file, self.line, position - self.line_start + 1)

    def refuse(self, position: int) -> InvalidInput:
        """Say what is wrong at a position where no token can be read, or another was expected."""
        origin = self.to_origin(position)
        found = self.text[position : position + 1]
        if found == '"' and self.expected in ("value", "first", "key", "first-key"):
            return InvalidInput("a string is not closed or holds a control character", origin, 'add `"`, or escape it')
        wanted = {
            "value": "a value",
            "first": "a value or `]`",
            "key": "a key in double quotes",
            "first-key": "a key in double quotes or `}`",
            "colon": "`:`",
            "comma": "`,` or the end of the list or mapping",
        }[self.expected]
        return InvalidInput(f"not JSON: {found!r} where {wanted} is expected", origin, "correct the text")

    def take_mark(self, mark: str, start: int) -> None:
        expected = self.expected
        if mark in "{[" and expected in ("value", "first"):
            self.begin(Mapping(self.to_origin(start), {}, {}) if mark == "{" else Sequence(self.to_origin(start), []))
        elif (mark == "}" and expected in ("first-key", "comma") and self.inside(Mapping)) or (
            mark == "]" and expected in ("first", "comma") and self.inside(Sequence)
        ):
            node = self.open.pop()
            self.keys.pop()
            self.add(node)
        elif mark == ":" and expected == "colon":
            self.expected = "value"
        elif mark == "," and expected == "comma":
            self.expected = "key" if self.inside(Mapping) else "value"
        else:
            raise self.refuse(start)

    def inside(self, kind: type[Node]) -> bool:
        return bool(self.open) and isinstance(self.open[-1], kind)

    def begin(self, node: Mapping | Sequence) -> None:
        if len(self.open) >= self.depth:
            raise InvalidInput(f"nested more than {self.depth} deep", node.origin, "flatten it")
        self.open.append(node)
        self.keys.append(None)
        self.expected = "first-key" if isinstance(node, Mapping) else "first"

    def take_scalar(self, group: str, text: str, start: int) -> None:
        expected = self.expected
        if group in ("simple", "escaped"):
            origin = self.to_origin(start)
            value = text if group == "simple" else _ESCAPE.sub(lambda found: self.unescape(found, start), text)
            node = Scalar(origin, value, value, False)
            if expected in ("key", "first-key"):
                self.add_key(node)
                return
        elif group == "number":
            origin = self.to_origin(start)
            node = Scalar(origin, resolve_number(text, self.dialect, origin), text)
        else:
            node = Scalar(self.to_origin(start), _WORDS[text], text)
        if expected not in ("value", "first"):
            raise self.refuse(start)
        self.add(node)

    def unescape(self, found: re.Match[str], start: int) -> str:
        high, low, code, letter = found.groups()
        if high:
            return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
        if code and not 0xD800 <= int(code, 16) <= 0xDFFF:
            return chr(int(code, 16))
        if letter in _LETTERS:
            return _LETTERS[letter]
        raise InvalidInput(
            f"a string holds {found.group()!r}, which is no escape of JSON",
            self.to_origin(start + 1 + found.start()),
            "write `\\\\` for a backslash",
        )

    def add_key(self, node: Scalar) -> None:
        mapping = self.open[-1]
        assert isinstance(mapping, Mapping)
        first = mapping.keys.get(node.text)
        if first is not None:
            raise InvalidInput(
                f"key {node.text!r} is written twice in one mapping, "
                f"first at line {first.origin.line}, column {first.origin.column}",
                node.origin,
                "remove one of the two",
            )
        mapping.keys[node.text] = self.keys[-1] = node
        self.expected = "colon"

    def add(self, node: Node) -> None:
        if not self.open:
            self.roots.append(node)
            self.expected = "value"
            return
        holder = self.open[-1]
        if isinstance(holder, Sequence):
            holder.items.append(node)
        else:
            key = self.keys[-1]
            assert key is not None
            holder.entries[key.text] = node
        self.expected = "comma"
