"""Strings and heredocs to templates: escapes, `${…}`, `%{ if }`, `%{ for }`, `~`, and the indentation that `<<-` takes away.

A template is first cut into pieces in a row, as HCL does, since `~` and `<<-` look at neighbours however they are nested;
then the pieces are put together. Which of them is a text of its own matters: in a heredoc every line is one.
"""

import re
from abc import ABC, abstractmethod
from unicodedata import normalize

import msgspec

from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.expressions import Expression, Literal, Reference, Template, TemplateFor, TemplateIf

_QUOTED = re.compile(r'(?:[^"\\$%\n\r]++|\\[^\n]|\$++(?!\{)|%++(?!\{)|\$\$+\{|%%+\{)*+')
_LINE = re.compile(r"(?:[^$%\n]++|\$++(?!\{)|%++(?!\{)|\$\$+\{|%%+\{)*+\n?")
_ESCAPE = re.compile(r"(\$\$+\{|%%+\{)|\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))")
_DOUBLED = re.compile(r"\$(\$+\{)|%(%+\{)")
_SEQUENCE = re.compile(r"[$%]\{")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*+)\r?\n")


class Piece(msgspec.Struct, eq=False):
    """A text, an interpolation, or a word of control (`if`, `else`, `endif`, `for`, `endfor`) with what belongs to it."""

    kind: str
    start: int
    text: str = ""
    value: Expression | None = None
    names: tuple[str, str] = ("", "")


class TemplateParser(Cursor, ABC):
    """Reads strings; what stands in `${…}` is read by the parser of expressions that extends it."""

    @abstractmethod
    def expression(self) -> Expression:
        """Read an expression."""

    def string(self) -> Expression:
        """Read a string, the cursor being on its quote."""
        start = self.at
        self.at += 1
        pieces: list[Piece] = []
        trim = False
        while True:
            match = _QUOTED.match(self.text, self.at)
            assert match is not None
            if match[0]:
                text = self.unescape(match[0], self.at)
                pieces.append(Piece("text", self.at, text.lstrip() if trim else text))
                self.at = match.end()
                trim = False
            mark = self.text[self.at : self.at + 1]
            if mark == '"':
                self.at += 1
                return self.to_template(pieces, start)
            if not mark or mark in "\r\n\\":
                hint = 'add `"`, or write `\\n` for the end of a line' if mark else 'add `"`'
                raise self.refuse("the string that begins here is not closed in its line", start, hint)
            trim = self.sequence(pieces)

    def heredoc(self) -> Expression:
        """Read a heredoc, the cursor being on its `<<`."""
        start = self.at
        match = _HEREDOC.match(self.text, start)
        if match is None:
            raise self.refuse(
                "a heredoc needs a name, and nothing after it in the line",
                start,
                "write `<<EOT`, then the lines, then `EOT`",
            )
        indented, marker = match.groups()
        self.at = match.end()
        last = re.compile(rf"^[ \t]*{re.escape(marker)}[ \t]*\r?$", re.MULTILINE)
        if (end := last.search(self.text, self.at)) and not _SEQUENCE.search(self.text, self.at, end.start()):
            return self.plain_heredoc(start, end, bool(indented))
        pieces: list[Piece] = []
        trim = False
        line_start = True
        while True:
            if line_start and (end := last.match(self.text, self.at)):
                break
            line = _LINE.match(self.text, self.at)
            assert line is not None
            if line[0]:
                text = self.unescape(line[0], self.at, heredoc=True)
                pieces.append(Piece("text", self.at, text.lstrip() if trim else text))
                self.at = line.end()
                trim = False
            line_start = line[0].endswith("\n")
            if line_start:
                continue
            if self.at >= len(self.text):
                raise self.refuse(
                    "the heredoc that begins here is not closed", start, f"write `{marker}` in a line of its own"
                )
            trim = self.sequence(pieces)
        if indented:
            _take_indentation(pieces)
        self.at = end.end() - end[0].endswith("\r")
        return self.to_template(pieces, start)

    def whole(self) -> Expression:
        """Read a text that is a template from its beginning to its end: a file, or a string of Terraform's JSON."""
        pieces: list[Piece] = []
        trim = False
        while self.at < len(self.text):
            line = _LINE.match(self.text, self.at)
            assert line is not None
            if line[0]:
                text = self.unescape(line[0], self.at, heredoc=True)
                pieces.append(Piece("text", self.at, text.lstrip() if trim else text))
                self.at = line.end()
                trim = False
            if self.at < len(self.text) and not line[0].endswith("\n"):
                trim = self.sequence(pieces)
        if pieces and all(piece.kind == "text" for piece in pieces):
            return Literal(0, self.at, "".join(piece.text for piece in pieces))
        return self.to_template(pieces, 0)

    def plain_heredoc(self, start: int, end: re.Match[str], indented: bool) -> Literal:
        """Give the text of a heredoc without `${` and `%{`, as most are."""
        text = self.text[self.at : end.start()]
        if indented:
            pieces = [Piece("text", start, line) for line in re.findall(r"[^\n]*\n", text)]
            _take_indentation(pieces)
            text = "".join(piece.text for piece in pieces)
        self.at = end.end() - end[0].endswith("\r")
        return Literal(start, self.at, text if text.isascii() else normalize("NFC", text))

    def unescape(self, text: str, start: int, *, heredoc: bool = False) -> str:
        """Give what a part of a string means; a backslash is an ordinary character in a heredoc."""
        if "\\" in text and not heredoc:
            text = _ESCAPE.sub(lambda found: self.escape(found, start), text)
        elif "{" in text:
            text = _DOUBLED.sub(r"\1\2", text)
        return text if text.isascii() else normalize("NFC", text)

    def escape(self, found: re.Match[str], start: int) -> str:
        doubled, short, long, letter = found.groups()
        if doubled:
            return doubled[1:]
        code = int(short or long or "d800", 16)
        if code < 0xD800 or 0xDFFF < code < 0x110000:
            return chr(code)
        if letter in _LETTERS:
            return _LETTERS[letter]
        raise self.refuse(
            f"`{found[0]}` is no escape of HCL",
            start + found.start(),
            'known are `\\n`, `\\r`, `\\t`, `\\"`, `\\\\`, `\\uXXXX` and `\\UXXXXXXXX`',
        )

    def sequence(self, pieces: list[Piece]) -> bool:
        """Read `${…}` or `%{…}`; tell whether it ends with `~}`, so that white space after it is taken away."""
        start = self.at
        control = self.text[start] == "%"
        self.at += 2
        if self.text.startswith("~", self.at):
            self.at += 1
            if pieces and pieces[-1].kind == "text":
                pieces[-1].text = pieces[-1].text.rstrip()
        self.enter()
        lines, self.lines = self.lines, False
        pieces.append(self.control(start) if control else Piece("value", start, value=self.expression()))
        trims = self.take("~")
        if not self.take("}"):
            mark = "%" if control else "$"
            if self.at >= len(self.text) or self.text[self.at] == '"':
                raise self.refuse(
                    f"the `{mark}{{` that begins here is not closed", start, f"add `}}`, or write `{mark}{mark}{{`"
                )
            raise self.refuse(f"{self.found()} where `}}` is expected, after an expression in `{mark}{{`")
        value = pieces[-1].value
        if (
            type(value) is Reference
            and self.text[start + 2 : self.at - 1].strip() == self.text[value.start : value.end]
        ):
            value.around = self.text[start : self.at]
        self.lines = lines
        self.depth -= 1
        return trims

    def control(self, start: int) -> Piece:
        """Read what follows `%{`."""
        self.skip()
        at = self.at
        word = self.take_name("`if`, `else`, `endif`, `for` or `endfor`")
        if word == "if":
            return Piece(word, start, value=self.expression())
        if word == "for":
            names = self.for_names()
            return Piece(word, start, value=self.expression(), names=names)
        if word not in ("else", "endif", "endfor"):
            raise self.refuse(
                f"`{word}` where `if`, `else`, `endif`, `for` or `endfor` is expected",
                at,
                "write `%%{` for the characters",
            )
        return Piece(word, start)

    def for_names(self) -> tuple[str, str]:
        """Read `KEY, VALUE in` or `VALUE in`."""
        key, value = "", self.take_name("the name of a variable, after `for`,")
        if self.take(","):
            key, value = value, self.take_name("the name of a variable, after `,`,")
        if not self.take_word("in"):
            raise self.refuse(f"{self.found()} where `in` is expected, after the names of a `for`")
        return key, value

    def to_template(self, pieces: list[Piece], start: int) -> Expression:
        """Put pieces together."""
        if not pieces or (len(pieces) == 1 and pieces[0].kind == "text"):
            return Literal(start, self.at, pieces[0].text if pieces else "")
        root = Template(start, self.at, [], len(pieces) == 1)
        open_parts: list[tuple[Piece, list[Expression]]] = []
        parts = root.parts
        branches: list[list[Expression]] = []
        for piece in pieces:
            if piece.kind == "text":
                if piece.text:
                    parts.append(Literal(piece.start, piece.start, piece.text))
            elif piece.kind == "value":
                assert piece.value is not None
                parts.append(piece.value)
            elif piece.kind in ("if", "for"):
                if len(open_parts) >= 20:
                    raise self.refuse("`%{` is nested more than 20 deep", piece.start, "flatten it")
                open_parts.append((piece, parts))
                branches.append(parts := [])
            else:
                parts = self.close_control(piece, parts, open_parts, branches)
        if open_parts:
            word = open_parts[-1][0].kind
            raise self.refuse(f"`%{{ {word} }}` has no end", open_parts[-1][0].start, f"add `%{{ end{word} }}`")
        return root

    def close_control(
        self,
        piece: Piece,
        parts: list[Expression],
        open_parts: list[tuple[Piece, list[Expression]]],
        branches: list[list[Expression]],
    ) -> list[Expression]:
        """Take `else`, `endif` or `endfor`; give the parts to which what follows belongs."""
        wanted = "for" if piece.kind == "endfor" else "if"
        if not open_parts or open_parts[-1][0].kind != wanted or (piece.kind == "else" and branches[-1] is not parts):
            raise self.refuse(
                f"`%{{ {piece.kind} }}` belongs to no `%{{ {wanted} }}`", piece.start, "remove one of the two"
            )
        if piece.kind == "else":
            return []
        opening, outer = open_parts.pop()
        first = branches.pop()
        assert opening.value is not None
        body = Template(opening.start, piece.start, first)
        if wanted == "for":
            outer.append(TemplateFor(opening.start, self.at, *opening.names, opening.value, body))
        else:
            no = Template(opening.start, piece.start, [] if first is parts else parts)
            outer.append(TemplateIf(opening.start, self.at, opening.value, body, no))
        return outer


def _take_indentation(pieces: list[Piece]) -> None:
    """Take the smallest indentation of all lines from each; a line of white space alone does not count."""
    starts: list[Piece] = []
    smallest: int | None = None
    at_start = True
    for piece in pieces:
        if at_start:
            width: int | None = 0
            at_start = False
            if piece.kind == "text":
                trimmed = piece.text.lstrip()
                if trimmed or not piece.text.endswith("\n"):
                    width = len(piece.text) - len(trimmed)
                    starts.append(piece)
                else:
                    width = None
            if width is not None and (smallest is None or width < smallest):
                smallest = width
        at_start = piece.kind == "text" and piece.text.endswith("\n")
    if smallest:
        for piece in starts:
            piece.text = piece.text[smallest:]
