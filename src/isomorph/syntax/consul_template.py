"""The syntax of templates: literals, actions, blocks that nest, and the words of a pipeline.

Source: https://pkg.go.dev/text/template, the language of which Consul Template's is a dialect.
"""

import re
from typing import Any

import msgspec

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
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Piece(msgspec.Struct):
    """A literal, an action, or a block with what it leads; `raw` is how it was written."""

    raw: str
    literal: bool = False
    code: str = ""
    word: str = ""
    body: "list[Piece]" = []
    other: "list[Piece]" = []


class TemplateParser:
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


def split_assignment(code: str) -> tuple[list[str], str]:
    """Split `$index, $value := PIPELINE`."""
    match = re.match(r"\s*(\$[A-Za-z0-9_]+)(?:\s*,\s*(\$[A-Za-z0-9_]+))?\s*:?=\s*(?!=)", code)
    if match is None:
        return [], code
    return [name for name in match.groups() if name], code[match.end() :]


class Words:
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
