"""Variables in a definition's text: `$V`, `${V}` and their operators, as docker compose substitutes them.

Source of the rules: https://docs.docker.com/reference/compose-file/interpolation/ and, where that is silent, docker
compose itself: a lone `$` is a `$`, a default is looked into even where it is not used, and the brace that closes is
the first one that no inner `${` claims.
"""

import re
from collections.abc import Callable

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Part, Placeholder, SecretValue, Text, make_text, parts_of, print_text
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

Lookup = Callable[[str], tuple[Text, Origin | None] | None]
"""Gives a variable's value and where it is written (None: in the shell), or None where it is not set."""

MAXIMUM_DEPTH = 50
MAXIMUM_LENGTH = 1_000_000
MAXIMUM_PARTS = 1_000

_DOLLAR = re.compile(r"\$(?:(?P<escaped>\$)|(?P<named>[_a-zA-Z][_a-zA-Z0-9]*)|(?P<braced>\{))")
_BRACED = re.compile(r"(?P<name>[_a-zA-Z][_a-zA-Z0-9]*)(?:(?P<operator>:?[-+?])(?P<rest>.*))?")


class Interpolated(Scalar, eq=False, gc=False, kw_only=True):
    """A scalar whose variables were substituted; `parts` is what it says, placeholders where a variable is not set."""

    parts: Text


class Substitution:
    """Substitutes variables; remembers which are not set and from which files values came."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.unset: dict[str, Origin] = {}
        self.via: list[Origin] = []

    def substitute(self, text: str, origin: Origin, depth: int = 0) -> Text:
        """Give a text with its variables substituted; raises InvalidInput for what is no valid reference."""
        if depth > MAXIMUM_DEPTH:
            raise InvalidInput(f"variables are nested more than {MAXIMUM_DEPTH} deep", origin, "flatten the defaults")
        parts: list[Part] = []
        done = 0
        while (match := _DOLLAR.search(text, done)) is not None:
            parts.append(text[done : match.start()])
            done = match.end()
            if match["escaped"]:
                parts.append("$")
            elif match["named"]:
                parts.extend(parts_of(self.value_of(match["named"], match.group(), origin)))
            else:
                end = _find_closing_brace(text, done)
                if end < 0:
                    raise _refuse(text[match.start() :], origin)
                parts.extend(parts_of(self.expand(text[done:end], origin, depth)))
                done = end + 1
        parts.append(text[done:])
        result = make_text(parts)
        if len(result) > MAXIMUM_PARTS and (not isinstance(result, str) or len(result) > MAXIMUM_LENGTH):
            raise InvalidInput("variables make this text longer than any definition needs", origin, "shorten them")
        return result

    def expand(self, expression: str, origin: Origin, depth: int) -> Text:
        """Give what stands for the inside of `${…}`."""
        match = _BRACED.fullmatch(expression)
        if match is None:
            raise _refuse("${" + expression + "}", origin)
        name, operator = match["name"], match["operator"]
        whole = "${" + expression + "}"
        if not operator:
            return self.value_of(name, whole, origin)
        rest = self.substitute(match["rest"], origin, depth + 1)
        found = self.lookup(name)
        is_set = found is not None and (operator[0] != ":" or found[0] != "")
        if operator[-1] == "+":
            return rest if is_set else ""
        if is_set:
            return self.value_of(name, whole, origin)
        if operator[-1] == "?":
            reason = f": {print_text(rest)}" if rest else ""
            raise InvalidInput(
                f"variable {name} must be set{reason}", origin, f"set {name} in the environment or in an env file"
            )
        return rest

    def value_of(self, name: str, whole: str, origin: Origin) -> Text:
        found = self.lookup(name)
        if found is None:
            self.unset.setdefault(name, origin)
            return (Placeholder(whole, name),)
        value, written = found
        if written is not None and written not in self.via:
            self.via.append(written)
        return value

    def interpolate_tree(self, root: Node) -> Node:
        """Substitute in every scalar of a tree that was just read; keys are left alone, as docker compose leaves them.

        Collections are changed in place, for nobody else holds them yet; scalars are replaced.
        """
        if isinstance(root, Scalar):
            return self.interpolate_scalar(root)
        open_nodes: list[Node] = [root]
        seen: set[int] = set()
        while open_nodes:
            node = open_nodes.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if type(node) is Mapping:
                for key, value in node.entries.items():
                    if type(value) is Scalar:
                        if "$" in value.text:
                            node.entries[key] = self.interpolate_scalar(value)
                    else:
                        open_nodes.append(value)
            elif type(node) is Sequence:
                for index, item in enumerate(node.items):
                    if type(item) is Scalar:
                        if "$" in item.text:
                            node.items[index] = self.interpolate_scalar(item)
                    else:
                        open_nodes.append(item)
        return root

    def interpolate_scalar(self, node: Scalar) -> Scalar:
        if not isinstance(node.value, str):
            return node
        self.via = []
        parts = self.substitute(node.value, node.origin)
        origin = node.origin
        if self.via:
            origin = Origin(origin.file, origin.line, origin.column, (*self.via, *origin.via))
        value = spell(parts)
        return Interpolated(origin, value, value, node.plain, node.tag, parts=parts)


def spell(text: Text) -> str:
    """Give a text with what is not settled, or is a secret, as the reference to a variable that it was written as."""
    return text if isinstance(text, str) else "".join(spell_part(part) for part in text)


def spell_part(part: Part) -> str:
    """Spell one part of a text as it was written, but for the dollars of literals."""
    if isinstance(part, SecretValue):
        return f"${{{part.name}}}"
    return part if isinstance(part, str) else getattr(part, "expression", "")


def _find_closing_brace(text: str, start: int) -> int:
    """Find the brace that closes the one before `start`, or give -1.

    As docker compose counts them: an opening brace hides the character after it, so `${A:-{}}` never balances, and then
    the last brace of the line closes.
    """
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    depth = 1
    index = start + 1
    while index < end:
        character = text[index]
        index += 1
        if character == "}":
            depth -= 1
            if not depth:
                return index - 1
        elif character == "{":
            depth += 1
            index += 1
    return text.rfind("}", start, end)


def _refuse(text: str, origin: Origin) -> InvalidInput:
    return InvalidInput(
        f"{text[:60]!r} is no valid reference to a variable",
        origin,
        "write `$$` for a dollar sign, or ${NAME}, ${NAME:-default}, ${NAME:?message}, ${NAME:+other}",
    )


def text_of(node: Scalar) -> Text:
    """Give what a scalar says as text, its placeholders kept."""
    return node.parts if type(node) is Interpolated else node.text
