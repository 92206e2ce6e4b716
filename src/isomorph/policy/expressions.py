"""Expressions in CEL: their words checked against the table, compiled, and asked of a view; each fault at its place.

CEL has neither loops without end nor effects. Besides, its library stops after 10,000 steps of `all`, `filter` and the like and
at 32 levels of nesting, and matches patterns in linear time; here the length of a text and the number of sums are bounded,
nothing is added up over and over, and `map` is not offered, so that nothing grows beyond measure. Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md.
"""

import re
from importlib import import_module
from typing import Any, NamedTuple

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.policy.rule import Asked
from isomorph.policy.words import TYPES, element_of, is_scalar

LONGEST, MOST_SUMS = 2_000, 16
"""Characters of an expression, and sums in it."""

MACROS = ("all", "exists", "exists_one", "filter")
"""What asks every element; `map`, which makes lists of whatever size, is not offered."""
_CONSTANTS = frozenset(
    ("true", "false", "null", "in", "int", "uint", "double", "bool", "string", "bytes", "list", "map", "type")
)
_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*)
    |(?P<text>[rRbB]{0,2}(?:\"\"\"(?:\\.|.)*?\"\"\"|'''(?:\\.|.)*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>[0-9][0-9A-Fa-fxX.eEu]*)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_ERROR = re.compile(r"<input>:(\d+):(\d+): ([^\n]*)")


class Token(NamedTuple):
    """A token of an expression and where it starts, from 1."""

    kind: str
    text: str
    line: int
    column: int


Chain = tuple[str, ...]
_Answer = bool | str
_MOST_ANSWERS = 10_000


class Used(msgspec.Struct, frozen=True):
    """The chains of words whose values an expression looks at, and those that it only asks for, with `has`."""

    chains: tuple[Chain, ...]
    asked_for: tuple[Chain, ...] = ()

    def key(self, view: dict[str, Any]) -> tuple[Any, ...] | None:
        """Give what an answer depends on, None where it depends on more than texts, numbers, flags and lists of them."""
        found: list[Any] = []
        for chain in self.asked_for:
            depth, _ = _reach(view, chain)
            found.append(depth)
        for chain in self.chains:
            depth, value = _reach(view, chain)
            if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
                return None
            found += (depth, tuple(value) if isinstance(value, list) else value)
        return tuple(found)


def _reach(view: Any, chain: Chain) -> tuple[int, Any]:
    """Give how far a chain of words leads, and to what; None where it does not lead to its end."""
    for depth, name in enumerate(chain):
        if not isinstance(view, dict) or name not in view:
            return depth, None
        view = view[name]
    return len(chain), view


class Expression(msgspec.Struct, frozen=True):
    """A compiled expression, and the answers that it gave: of a thousand workloads most are alike in what is asked."""

    asked: Asked
    used: Used
    program: Any
    answers: dict[tuple[Any, ...], _Answer] = {}


class Scene:
    """What expressions are asked of: a view, handed to the library only where an answer is not known yet."""

    __slots__ = ("_activation", "compiler", "view")

    def __init__(self, compiler: "Compiler", view: dict[str, Any]) -> None:
        self.compiler = compiler
        self.view = view
        self._activation: Any = None

    def ask(self, expression: Expression) -> bool:
        """Ask an expression; raises Unanswered."""
        key = expression.used.key(self.view)
        answer = expression.answers.get(key) if key is not None else None
        if answer is None:
            if self._activation is None:
                self._activation = self.compiler.env.Activation(self.view)
            answer = self.compiler.answer(expression, self._activation)
            if key is not None and len(expression.answers) < _MOST_ANSWERS:
                expression.answers[key] = answer
        if isinstance(answer, str):
            raise Unanswered(answer)
        return answer


class Unanswered(Exception):
    """An expression has no answer for a view: it asks for what is not said, or compares what cannot be compared."""


def open_library() -> Any:
    """Import the library of CEL; raises InvalidInput that says what to do where this machine has none."""
    try:
        return import_module("cel_expr_python.cel")
    except ImportError:
        hint = "pip install cel-expr-python, on a platform for which it is built (Linux with glibc, macOS, Windows)"
        raise InvalidInput(
            "policies need the library cel-expr-python, which is not installed here", None, hint
        ) from None


class Compiler:
    """Compiles expressions of which the words are known."""

    def __init__(self) -> None:
        self.cel = open_library()
        self.env = self.cel.NewEnv(variables=dict.fromkeys((*TYPES, "parameters"), self.cel.Type.DYN))

    def compile(self, asked: Asked, roots: dict[str, str], parameters: frozenset[str]) -> Expression:
        """Compile an expression; raises InvalidInput at the place in the file of the first fault."""
        if len(asked.text) > LONGEST:
            raise InvalidInput(f"an expression has at most {LONGEST} characters", asked.origin, "make two rules of it")
        used = check_words(asked, roots, parameters)
        try:
            program = self.env.compile(asked.text)
        except (RuntimeError, TypeError, UnicodeError) as error:
            raise _fault(str(error), asked) from None
        if program.return_type() not in (self.cel.Type.BOOL, self.cel.Type.DYN):
            hint = "compare it with something, or ask has(…)"
            raise InvalidInput("the expression does not give true or false", asked.origin, hint)
        return Expression(asked, used, program)

    def answer(self, expression: Expression, activation: Any) -> _Answer:
        """Ask an expression of a view; gives a text that says why where there is no answer."""
        try:
            answer = expression.program.eval(activation)
            value = answer.value()
        except (RuntimeError, TypeError, ValueError) as error:
            return _reason(str(error))
        if answer.type() == self.cel.Type.BOOL:
            return bool(value)
        return _reason(str(value)) if answer.type() == self.cel.Type.ERROR else "it gives neither true nor false"


def _reason(text: str) -> str:
    """Say in our words why there is no answer."""
    if found := re.search(r"Key not found in map : \"?([^\"]*)", text):
        return f"{found[1]} is not said here (has(…) asks first)"
    if "matching overload" in text or "SELECT" in text:
        return "what is compared here is not of one type"
    if "budget" in text:
        return "it takes too many steps"
    return text.partition(": ")[2].partition("\n")[0] or text


def _fault(text: str, asked: Asked) -> InvalidInput:
    found = _ERROR.search(text)
    if found is None:
        reason = "it is nested too deeply" if "recursion" in text else text.partition(": ")[2] or text
        return InvalidInput(f"this is no expression in CEL: {reason}", asked.origin)
    message = found[3].partition(" expecting {")[0].replace("Syntax error: ", "")
    message = re.sub(r" \(in container ''\)", "", message)
    return InvalidInput(f"this is no expression in CEL: {message}", asked.place(int(found[1]), int(found[2])))


def tokenise(text: str) -> list[Token]:
    """Split an expression into tokens."""
    tokens: list[Token] = []
    line = column = 1
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup or "mark", match.group()
        if kind != "skip":
            tokens.append(Token(kind, word, line, column))
        if "\n" in word:
            line += word.count("\n")
            column = len(word) - word.rfind("\n")
        else:
            column += len(word)
    return tokens


def check_words(asked: Asked, roots: dict[str, str], parameters: frozenset[str]) -> Used:
    """Check every chain of words of an expression; raises InvalidInput with the nearest that there is."""
    tokens = tokenise(asked.text)
    if sum(token.text == "+" for token in tokens) > MOST_SUMS:
        raise InvalidInput(f"an expression has at most {MOST_SUMS} sums", asked.origin, "make two rules of it")
    return _Words(asked, tokens, roots, parameters).check()


class _Words:
    """Walks over the tokens of an expression, with the type of each name that it binds."""

    def __init__(self, asked: Asked, tokens: list[Token], roots: dict[str, str], parameters: frozenset[str]) -> None:
        self.asked = asked
        self.tokens = [*tokens, *[Token("end", "", 0, 0)] * 4]
        self.scope = {**roots, "parameters": "parameters"}
        self.roots = roots
        self.parameters = parameters
        self.chains: dict[Chain, None] = {}
        self.asked_for: dict[Chain, None] = {}

    def check(self) -> Used:
        had = repeated = -1  # Tokens before these stand within `has(…)`, and within `all(…)` and the like.
        for index, token in enumerate(self.tokens):
            if token.text == "+" and index < repeated:
                place = self.asked.place(token.line, token.column)
                raise InvalidInput(f"nothing is added up within {', '.join(MACROS)}", place, "compare without the sum")
            before = self.tokens[index - 1].text if index else ""
            if token.kind != "name":
                continue
            after = self.tokens[index + 1].text
            if before == ".":
                if token.text == "map" and after == "(":
                    place = self.asked.place(token.line, token.column)
                    raise InvalidInput("policies have no map", place, f"ask with {', '.join(MACROS)}")
                if token.text in MACROS and after == "(":
                    repeated = max(repeated, self._closing(index + 1))
                    self._bind(index, "any")
            elif after == "(":
                if token.text == "has":
                    had = self._closing(index + 1)
            elif token.text not in _CONSTANTS:
                self._follow(index, index < had)
        return Used(tuple(self.chains), tuple(self.asked_for))

    def _closing(self, index: int) -> int:
        depth = 0
        for at in range(index, len(self.tokens)):
            depth += {"(": 1, ")": -1}.get(self.tokens[at].text, 0)
            if not depth:
                return at
        return len(self.tokens)

    def _bind(self, index: int, kind: str) -> None:
        """Note the name that `all(NAME, …)` and the like bind, unless its type is known."""
        name, comma = self.tokens[index + 2 : index + 4]
        if name.kind == "name" and comma.text == ",":
            known = self.scope.get(name.text)
            self.scope[name.text] = kind if known is None or kind != "any" else known

    def _follow(self, index: int, asked_for: bool) -> None:
        """Follow a chain of words from its first."""
        start = self.tokens[index]
        kind = self.scope.get(start.text)
        if kind is None:
            raise self._unknown(start, start.text, tuple(self.scope), "rule")
        chain = [start.text]
        while self.tokens[index + 1].text == "." and self.tokens[index + 2].kind == "name":
            word = self.tokens[index + 2]
            if self.tokens[index + 3].text == "(":
                if word.text in MACROS:
                    self._bind(index + 2, element_of(kind))
                break
            kind = self._step(kind, chain[-1], word)
            chain.append(word.text)
            index += 2
        if start.text in self.roots:
            (self.asked_for if asked_for else self.chains)[tuple(chain)] = None

    def _step(self, kind: str, owner: str, word: Token) -> str:
        if kind == "any" or kind.startswith("list:"):
            return "any"
        if kind.startswith("map:"):
            return kind.removeprefix("map:")
        if kind == "parameters":
            if word.text not in self.parameters:
                raise self._unknown(word, word.text, tuple(self.parameters), "rule's parameters")
            return "any"
        known = {} if is_scalar(kind) else TYPES[kind]
        if word.text not in known:
            raise self._unknown(word, word.text, tuple(known), owner)
        return known[word.text].type

    def _unknown(self, token: Token, name: str, known: tuple[str, ...], owner: str) -> InvalidInput:
        place = self.asked.place(token.line, token.column)
        return InvalidInput(f"{owner} has no word {name!r}", place, nearest(name, known))


def nearest(name: str, known: tuple[str, ...]) -> str:
    """Give a hint for a name that is not known: the nearest that is, else all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), known, 1, 0.6)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
