"""Text to the syntax of expressions: operators by their precedence, calls, collections, `for`, steps into values.

Every level of nesting is counted before it is entered, so that hostile input meets a limit and not the interpreter's
stack; chains (`a + b + …`, `a.b.c…`) are loops.
"""

import re
from decimal import Decimal

from isomorph.syntax.hcl.cursor import IDENTIFIER, SIMPLE_STRING
from isomorph.syntax.hcl.expressions import (
    Binary,
    Call,
    Conditional,
    Element,
    Expression,
    For,
    Literal,
    Object,
    Reference,
    Splat,
    Step,
    Traverse,
    Tuple,
    Unary,
)
from isomorph.syntax.hcl.parse_template import TemplateParser

_TERM = re.compile(
    rf"(?P<simple>{SIMPLE_STRING})|(?P<name>{IDENTIFIER}(?:::{IDENTIFIER})*+)"
    r"|(?P<number>[0-9]++(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)"
    r'|(?P<string>")|(?P<heredoc><<)|(?P<mark>[(\[{])|(?P<unary>[-!])'
)
_OPERATOR = re.compile(r"\|\||&&|[=!<>]=|[<>+*/%-](?!\})")
_PRECEDENCE = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}
_PRECEDENCE |= {"+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_STEP = re.compile(
    rf"(?P<dot>\.(?!\.\.))[ \t]*(?:(?P<name>{IDENTIFIER})|(?P<number>[0-9]+)|(?P<splat>\*))?|(?P<index>\[)"
)
_QUICK = re.compile(rf"[ \t]*+(?:({SIMPLE_STRING})|([0-9]{{1,15}})|(true|false|null))(?=[ \t]*+[\n,)\]}}])")
_WORDS = {"true": True, "false": False, "null": None}
_FOR = re.compile(r"for(?=[ \t\r\n]+[^\W\d=:])")
_LONGEST_NUMBER, _LARGEST_EXPONENT = 400, 400
_CHAIN = 1_000


def to_number(text: str) -> int | Decimal | None:
    """Give the number that a text writes, a whole one as int; None where it is larger than anybody needs."""
    if len(text) > _LONGEST_NUMBER:
        return None
    if text.lstrip("-").isdecimal():
        return int(text)
    number = Decimal(text)
    if number and not -_LARGEST_EXPONENT < number.adjusted() < _LARGEST_EXPONENT:
        return None
    return int(number) if number == number.to_integral_value() else number


class ExpressionParser(TemplateParser):
    """Reads expressions."""

    def expression(self) -> Expression:
        """Read an expression with its operators and, after them, `? :`."""
        if quick := _QUICK.match(self.text, self.at):
            kind = quick.lastindex or 0
            text = quick[kind]
            if self.lines or self.text[quick.end()] != "\n":
                self.at = quick.end()
                literal = text[1:-1] if kind == 1 else int(text) if kind == 2 else _WORDS[text]
                return Literal(quick.start(kind), quick.end(kind), literal)
        self.enter()
        value = self.operators(0)
        if self.skip() == "?":
            self.at += 1
            yes = self.expression()
            self.expect(":", "a conditional `a ? b : c`")
            no = self.expression()
            value = Conditional(value.start, no.end, value, yes, no)
        self.depth -= 1
        return value

    def operators(self, least: int) -> Expression:
        """Read operands between operators that bind at least so tightly, from the left."""
        left = self.operand()
        length = 0
        while True:
            self.skip()
            match = _OPERATOR.match(self.text, self.at)
            if (
                match is None
                or (precedence := _PRECEDENCE.get(match[0], 0)) < least
                or (match[0] == "<" and self.text.startswith("<<", self.at))
            ):
                return left
            length += 1
            if length > _CHAIN:
                raise self.refuse(f"more than {_CHAIN} operators in a row", hint="split the expression")
            self.at = match.end()
            right = self.operators(precedence + 1)
            left = Binary(left.start, right.end, match[0], left, right)

    def operand(self) -> Expression:
        """Read one operand with its signs before it and the steps after it."""
        self.skip()
        signs: list[tuple[str, int]] = []
        while (match := _TERM.match(self.text, self.at)) is not None and match.lastgroup == "unary":
            signs.append((match[0], self.at))
            self.at += 1
            self.skip()
            if len(signs) > 20:
                raise self.refuse("more than 20 signs in a row", signs[0][1], "remove them")
        if match is None:
            raise self.refuse(f"{self.found()} where a value is expected")
        value = self.term(match)
        if self.text[self.at : self.at + 1] in ".[ \t\r\n":
            value = self.steps(value)
        for operator, start in reversed(signs):
            value = Unary(start, value.end, operator, value)
        return value

    def term(self, match: re.Match[str]) -> Expression:
        """Read what a match of a first token begins."""
        start, kind, text = self.at, match.lastgroup, match[0]
        if kind == "simple":
            self.at = match.end()
            return Literal(start, self.at, text[1:-1])
        if kind == "string":
            return self.string()
        if kind == "heredoc":
            return self.heredoc()
        if kind == "number":
            self.at = match.end()
            number = to_number(text)
            if number is None:
                raise self.refuse("a number is larger than any definition needs", start, "shorten it")
            return Literal(start, self.at, number)
        if kind == "name":
            return self.name(text, start, match.end())
        if text == "(":
            return self.parenthesis(start)
        return self.tuple(start) if text == "[" else self.object(start)

    def name(self, text: str, start: int, end: int) -> Expression:
        self.at = end
        if self.text.startswith("(", end) or (self.text[end : end + 1] in (" ", "\t") and self.skip() == "("):
            return self.call(text, start)
        if "::" in text:
            raise self.refuse(f"`{text}` is the name of a function, and `(` is missing", start)
        self.at = end
        if text in _WORDS:
            return Literal(start, end, _WORDS[text])
        return Reference(start, end, text, [])

    def parenthesis(self, start: int) -> Expression:
        self.at += 1
        lines, self.lines = self.lines, False
        value = self.expression()
        self.expect(")", "the parenthesis", start)
        self.lines = lines
        # A copy that knows about its parentheses: in `(a).b` and `{(a) = 1}` a bare name would mean something else.
        return Traverse(start, self.at, value, [])

    def call(self, name: str, start: int) -> Expression:
        opened = self.at
        self.at += 1
        lines, self.lines = self.lines, False
        arguments: list[Expression] = []
        spread = False
        while not self.take(")"):
            if arguments:
                self.expect(",", f"the call of {name}", opened)
                if self.take(")"):
                    break
            arguments.append(self.expression())
            if self.take("..."):
                spread = True
                self.take(",")
                self.expect(")", f"the call of {name}, after `...`", opened)
                break
        self.lines = lines
        return Call(start, self.at, name, arguments, spread)

    def tuple(self, start: int) -> Expression:
        self.at += 1
        lines, self.lines = self.lines, False
        items: list[Expression] = []
        if self.skip() == "f" and _FOR.match(self.text, self.at):
            return self.for_expression(start, "]", lines)
        while not self.take("]"):
            if items:
                self.expect(",", "the list", start)
                if self.take("]"):
                    break
            items.append(self.expression())
        self.lines = lines
        return Tuple(start, self.at, items)

    def object(self, start: int) -> Expression:
        self.at += 1
        lines, self.lines = self.lines, True
        if self.skip_lines() == "f" and _FOR.match(self.text, self.at):
            self.lines = False
            return self.for_expression(start, "}", lines)
        entries: list[tuple[Expression, Expression]] = []
        while (mark := self.skip_lines()) != "}":
            if not mark:
                raise self.refuse("the map that begins here is not closed", start, "add `}`")
            key = self.key()
            mark = self.skip()
            if mark not in ("=", ":") or self.text.startswith("==", self.at):
                raise self.refuse(f"{self.found()} where `=` is expected, after a key of a map")
            self.at += 1
            entries.append((key, self.expression()))
            mark = self.skip()
            if mark == ",":
                self.at += 1
            elif mark == "\n":
                continue
            elif mark not in ("}", ""):
                raise self.refuse(
                    f"{self.found()} after an entry of a map",
                    hint="write each entry in its own line, or `,` between them",
                )
        self.at += 1
        self.lines = lines
        return Object(start, self.at, entries)

    def key(self) -> Expression:
        """Read a key of a map: a bare name is its own text."""
        start = self.at
        value = self.expression()
        if type(value) is Reference:
            if value.steps:
                raise self.refuse("a key of a map is a name or a string", start, "write it in quotes or parentheses")
            return Literal(start, value.end, value.name)
        if type(value) is Literal and not isinstance(value.value, str):
            return Literal(start, value.end, self.text[start : value.end])
        return value

    def for_expression(self, start: int, closing: str, lines: bool) -> Expression:
        self.at += len("for")
        key, value = self.for_names()
        collection = self.expression()
        self.expect(":", "a `for` expression")
        result_key, result, grouped = None, self.expression(), False
        if closing == "}":
            self.expect("=>", "a `for` expression in braces")
            result_key, result = result, self.expression()
            grouped = self.take("...")
        condition = self.expression() if self.take_word("if") else None
        self.expect(closing, "the `for` expression", start)
        self.lines = lines
        return For(start, self.at, key, value, collection, result_key, result, condition, grouped)

    def steps(self, value: Expression) -> Expression:
        """Read the steps after a value: `.name`, `.0`, `[x]`, `[*]`, `.*`."""
        steps: list[Step] = value.steps if type(value) is Reference else []
        literal = type(value) is Reference
        target = value
        while True:
            end = self.at
            self.skip()
            match = _STEP.match(self.text, self.at)
            if match is None:
                self.at = end
                return self.closed(target, steps, end)
            at = self.at
            self.at = match.end()
            if match["splat"] or (match["index"] and self.take_full_splat()):
                return self.splat(self.closed(target, steps, at), at, full=not match["splat"])
            if match["index"]:
                key = self.index(at)
                constant = type(key) is Literal and key.value is not None
            elif match["name"] or match["number"]:
                text = match["name"] or match["number"]
                key, constant = Literal(at + 1, self.at, text if match["name"] else int(text[:20])), True
            else:
                raise self.refuse(f"{self.found()} where the name of an attribute is expected, after `.`")
            if literal and not constant:
                # What is written out up to here is one name; the rest are steps into its value.
                target, steps, literal = self.closed(target, steps, at), [], False
            steps.append(Step(at, self.at, key))
            if len(steps) > _CHAIN:
                raise self.refuse(f"more than {_CHAIN} steps in a row", at, "shorten it")

    def closed(self, target: Expression, steps: list[Step], end: int) -> Expression:
        """Give a value with its steps."""
        if not steps:
            return target
        if type(target) is Reference and target.steps is steps:
            return Reference(target.start, end, target.name, steps)
        return Traverse(target.start, end, target, steps)

    def take_full_splat(self) -> bool:
        """Pass over `*]`, the `[` being behind."""
        start = self.at
        lines, self.lines = self.lines, False
        found = self.take("*") and self.take("]")
        self.lines = lines
        if not found:
            self.at = start
        return found

    def index(self, start: int) -> Expression:
        lines, self.lines = self.lines, False
        key = self.expression()
        self.expect("]", "the index", start)
        self.lines = lines
        return key

    def splat(self, target: Expression, start: int, *, full: bool) -> Expression:
        """Read what a splat does to each element; after `.*` that is names only, and an index is into the whole."""
        element: Expression = Element(start, self.at)
        self.enter()
        if full:
            each = self.steps(element)
        else:
            steps: list[Step] = []
            while (match := _STEP.match(self.text, self.at)) and (match["name"] or match["number"]):
                text = match["name"] or match["number"]
                key = Literal(self.at + 1, match.end(), text if match["name"] else int(text[:20]))
                steps.append(Step(self.at, match.end(), key))
                self.at = match.end()
            each = Traverse(start, self.at, element, steps) if steps else element
        value: Expression = Splat(target.start, self.at, target, each)
        if not full:
            value = self.steps(value)
        self.depth -= 1
        return value
