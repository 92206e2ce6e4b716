"""Text to the syntax of a body: arguments and blocks, each line by line.

Most lines are one of four simple ones, which one pattern reads; all others go the long way, which also knows what is
wrong with them. Blocks in blocks are a list, not recursion.
"""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.encoding import decode
from isomorph.syntax.hcl.cursor import IDENTIFIER, SIMPLE_STRING
from isomorph.syntax.hcl.expressions import Expression, Literal, RawAttribute, RawBlock, RawBody
from isomorph.syntax.hcl.parse_expression import ExpressionParser

MAXIMUM_SIZE = 16 * 1024 * 1024
"""Bytes of one text."""
MAXIMUM_BLOCKS = 50
"""Blocks in each other."""

_LINE = re.compile(
    rf"[ \t]*+(?:({IDENTIFIER})(?:[ \t]*+=[ \t]*+(?:({SIMPLE_STRING})|([0-9]{{1,15}})|(true|false)))"
    rf"|({IDENTIFIER})((?:[ \t]*+{SIMPLE_STRING})*+)[ \t]*+\{{"
    r"|(\}))[ \t]*+(?:(?:\#|//)[^\n]*+)?\r?\n"
)
_ATTRIBUTE, _STRING, _NUMBER, _WORD, _BLOCK, _LABELS, _CLOSING = range(1, 8)
_LABEL = re.compile(rf'{IDENTIFIER}|"')


def parse_hcl(
    content: bytes | str, file: str, old_commas: list[Origin] | None = None
) -> tuple[RawBody, ExpressionParser]:
    """Read a text; give its body and the parser, which knows the text's lines. Raises InvalidInput.

    With `old_commas`, a comma after an argument is passed over, and its place noted there, as HCL's first version had it.
    """
    if len(content) > MAXIMUM_SIZE:
        raise InvalidInput(
            f"the file is larger than {MAXIMUM_SIZE} bytes", Origin(file), "split it, or check that it is the right one"
        )
    parser = BodyParser(decode(content, file), file)
    parser.old_commas = old_commas
    return parser.body(), parser


def parse_expression(text: str, file: str) -> tuple[Expression, ExpressionParser]:
    """Read a text that is one expression, as a command line gives it."""
    parser = BodyParser(text, file)
    parser.lines = False
    value = parser.expression()
    if parser.skip():
        raise parser.refuse(f"{parser.found()} after the end of the expression")
    return value, parser


def parse_template(content: bytes | str, file: str) -> tuple[Expression, ExpressionParser]:
    """Read a text that is one template."""
    if len(content) > MAXIMUM_SIZE:
        raise InvalidInput(f"the file is larger than {MAXIMUM_SIZE} bytes", Origin(file), "split it")
    parser = BodyParser(decode(content, file), file)
    return parser.whole(), parser


class BodyParser(ExpressionParser):
    """Reads bodies."""

    old_commas: list[Origin] | None = None

    def body(self) -> RawBody:
        """Read the whole text."""
        root = body = RawBody(0, {}, [])
        around: list[tuple[RawBody, int]] = []
        text, match_line, end = self.text, _LINE.match, len(self.text)
        while True:
            line = match_line(text, self.at)
            if line is None:
                if not self.skip_lines():
                    break
                if (line := match_line(text, self.at)) is None:
                    body = self.item(body, around)
                    continue
            kind = line.lastindex
            if kind == _CLOSING:
                if not around:
                    raise self.refuse("this brace closes nothing", line.start(_CLOSING), "remove it")
                body = around.pop()[0]
            elif kind == _LABELS:
                labels = line[_LABELS]
                named = tuple(each for each in labels.split('"')[1::2]) if labels else ()
                body = self.open(line[_BLOCK], named, line.start(_BLOCK), line.end(_LABELS), body, around)
            else:
                self.add(body, _to_attribute(line))
            self.at = line.end()
        if around:
            raise self.refuse("the block that begins here is not closed", around[-1][1], "add `}`")
        assert self.at >= end
        return root

    def add(self, body: RawBody, attribute: RawAttribute) -> None:
        first = body.attributes.setdefault(attribute.name, attribute)
        if first is not attribute:
            place = self.origin(first.start)
            raise self.refuse(
                f"argument `{attribute.name}` is written twice in one block, "
                f"first at line {place.line}, column {place.column}",
                attribute.start,
                "remove one of the two",
            )

    def open(
        self,
        kind: str,
        labels: tuple[str, ...],
        start: int,
        brace: int,
        body: RawBody,
        around: list[tuple[RawBody, int]],
    ) -> RawBody:
        """Begin a block; give its body."""
        if len(around) >= MAXIMUM_BLOCKS:
            raise self.refuse(f"blocks are nested more than {MAXIMUM_BLOCKS} deep", start, "flatten them")
        inner = RawBody(brace, {}, [])
        body.blocks.append(RawBlock(kind, labels, start, inner))
        around.append((body, start))
        return inner

    def item(self, body: RawBody, around: list[tuple[RawBody, int]]) -> RawBody:
        """Read an argument, the beginning of a block, a block in one line, or an end; give the body that goes on."""
        start = self.at
        if self.text[start] == "}":
            if not around:
                raise self.refuse("this brace closes nothing", start, "remove it")
            self.at += 1
            self.end_of_line("the block", around[-1][1])
            return around.pop()[0]
        if self.text[start] == '"':
            raise self.refuse(
                "a string where the name of an argument or a block is expected",
                start,
                'names are written without quotes; for other keys write a map: `NAME = { "KEY" = … }`',
            )
        name = self.take_name("the name of an argument or a block", "write `NAME = VALUE`, or a block: `NAME { … }`")
        mark = self.skip()
        if mark == "=" and not self.text.startswith("==", self.at):
            self.at += 1
            self.add(body, RawAttribute(name, start, self.expression()))
            self.pass_old_comma()
            self.end_of_line(f"argument `{name}`", start)
            return body
        labels: list[str] = []
        while (match := _LABEL.match(self.text, self.at)) is not None:
            labels.append(self.label(match))
            mark = self.skip()
        if mark != "{":
            wanted = "`{`" if labels else "`=` or `{`"
            hint = f"write `{name} = …` for a value, `{name} {{` for a block"
            if mark == ":":
                hint = f"write `{name} = …`"
            raise self.refuse(f"{self.found()} where {wanted} is expected, after `{name}`", hint=hint)
        brace = self.at
        self.at += 1
        inner = self.open(name, tuple(labels), start, brace, body, around)
        if self.skip() in ("\n", ""):
            return inner
        self.one_line(inner, start)
        around.pop()
        return body

    def pass_old_comma(self) -> None:
        """Pass over a comma after an argument, where somebody wants to hear of it."""
        if self.old_commas is not None and self.skip() == ",":
            self.old_commas.append(self.origin(self.at))
            self.at += 1

    def label(self, match: re.Match[str]) -> str:
        """Read a label of a block: a name, or a string without references."""
        if match[0] != '"':
            self.at = match.end()
            return match[0]
        start = self.at
        value = self.string()
        if type(value) is not Literal:
            raise self.refuse(
                "the label of a block is known beforehand, it holds no `${`", start, "write a plain string"
            )
        return str(value.value)

    def one_line(self, body: RawBody, start: int) -> None:
        """Read a block in one line: it holds one argument at most."""
        if self.text[self.at] != "}":
            at = self.at
            name = self.take_name("the name of an argument, or the end of the line,", "begin a new line")
            if self.skip() != "=":
                raise self.refuse(
                    "a block in one line cannot hold another block",
                    at,
                    "write what is in the braces in lines of its own",
                )
            self.at += 1
            self.add(body, RawAttribute(name, at, self.expression()))
            if self.skip() != "}":
                what = (
                    "a second argument" if self.text[self.at : self.at + 1] not in ("\n", "") else "the end of the line"
                )
                raise self.refuse(
                    f"{what} in a block that begins and ends in one line",
                    hint="write each argument in a line of its own",
                )
        self.at += 1
        self.end_of_line("the block", start)

    def end_of_line(self, after: str, start: int) -> None:
        """Pass over the end of a line, which must follow."""
        mark = self.skip()
        if mark == "\n":
            self.at += 1
        elif mark:
            raise self.refuse(
                f"{self.found()} where the end of the line is expected, after {after}",
                hint={"}": "write the brace in a line of its own", ",": "remove the comma"}.get(
                    mark, "begin a new line"
                ),
            )


def _to_attribute(line: re.Match[str]) -> RawAttribute:
    """Give the argument that a simple line says."""
    kind = line.lastindex or 0
    text = line[kind]
    value: str | int | bool
    if kind == _STRING:
        value = text[1:-1]
    elif kind == _NUMBER:
        value = int(text)
    else:
        value = text == "true"
    return RawAttribute(line[_ATTRIBUTE], line.start(_ATTRIBUTE), Literal(line.start(kind), line.end(kind), value))
