"""Pieces of a template, and their text: plain data stands as it is, what varies is an action of Helm's.

Every action line begins with `{{-`, which also removes the white space before it. So nothing before one may end in white
space that counts: a text that does is written in quotes.
"""

from typing import Any

from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml, print_quoted, print_text

OPEN = "{{"
_ESCAPED = '{{ "{{" }}'


class Inline:
    """A scalar that an expression gives."""

    __slots__ = ("expression",)

    def __init__(self, expression: str) -> None:
        self.expression = expression


class Block:
    """A mapping or list that an expression gives as text."""

    __slots__ = ("expression",)

    def __init__(self, expression: str) -> None:
        self.expression = expression


class Splice:
    """Entries of the mapping, or items of the list, in which it stands; its own key is not written."""

    __slots__ = ("expression",)

    def __init__(self, expression: str) -> None:
        self.expression = expression


class Pair:
    """An entry whose key and value are expressions; its own key is not written."""

    __slots__ = ("key", "value")

    def __init__(self, key: str, value: str) -> None:
        self.key = key
        self.value = value


class Guarded:
    """What is there only under a condition, or as often as a loop says: `opening` is `if …`, `with …` or `range …`."""

    __slots__ = ("node", "opening")

    def __init__(self, opening: str, node: Any) -> None:
        self.opening = opening
        self.node = node


Node = Any
"""Plain data, any part of which may be one of the pieces above."""


def print_template(node: dict[str, Node]) -> str:
    """Give the text of a template of one object."""
    printer = _Printer()
    printer.write_mapping(node, "")
    return "\n".join((*printer.lines, ""))


def guard(text: str, condition: str) -> str:
    """Put a whole template under a condition."""
    return f"{{{{- if {condition} }}}}\n{text}{{{{- end }}}}\n"


def escape(text: str) -> str:
    """Keep the engine from taking braces of a text for its own (the text stands outside of any action)."""
    return text.replace(OPEN, _ESCAPED)


def quote_argument(text: str) -> str:
    """Give a text as a string of the template language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class _Printer:
    """Appends the lines of a template."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write_mapping(self, data: dict[str, Node], pad: str) -> None:
        for key, value in data.items():
            self._write_entry(key, value, pad)

    def _write_entry(self, key: str, value: Node, pad: str) -> None:
        lines, inner = self.lines, pad + "  "
        if isinstance(value, Guarded):
            lines.append(f"{pad}{{{{- {value.opening} }}}}")
            self._write_entry(key, value.node, pad)
            lines.append(f"{pad}{{{{- end }}}}")
            return
        if isinstance(value, Splice):
            lines.append(f"{pad}{{{{- {value.expression} | nindent {len(pad)} }}}}")
            return
        if isinstance(value, Pair):
            lines.append(f"{pad}{{{{ {value.key} }}}}: {{{{ {value.value} }}}}")
            return
        name = escape(print_text(key, None))
        if isinstance(value, Inline):
            lines.append(f"{pad}{name}: {{{{ {value.expression} }}}}")
        elif isinstance(value, Block):
            lines.append(f"{pad}{name}:")
            lines.append(f"{inner}{{{{- {value.expression} | nindent {len(inner)} }}}}")
        elif isinstance(value, dict) and value:
            lines.append(f"{pad}{name}:")
            self.write_mapping(value, inner)
        elif isinstance(value, list) and value:
            lines.append(f"{pad}{name}:")
            self.write_sequence(value, inner)
        else:
            lines.append(f"{pad}{name}: {_print_scalar(value, inner)}")

    def write_sequence(self, data: list[Node], pad: str) -> None:
        for value in data:
            self._write_item(value, pad)

    def _write_item(self, value: Node, pad: str) -> None:
        lines, inner = self.lines, pad + "  "
        if isinstance(value, Guarded):
            lines.append(f"{pad}{{{{- {value.opening} }}}}")
            self._write_item(value.node, pad)
            lines.append(f"{pad}{{{{- end }}}}")
        elif isinstance(value, Splice):
            lines.append(f"{pad}{{{{- {value.expression} | nindent {len(pad)} }}}}")
        elif isinstance(value, Inline):
            lines.append(f"{pad}- {{{{ {value.expression} }}}}")
        elif isinstance(value, Block):
            lines.append(f"{pad}-")
            lines.append(f"{inner}{{{{- {value.expression} | nindent {len(inner)} }}}}")
        elif isinstance(value, dict | list) and value:
            first = len(lines)
            if isinstance(value, dict):
                self.write_mapping(value, inner)
            else:
                self.write_sequence(value, inner)
            if lines[first].startswith(inner + OPEN):  # An action is no place for the dash.
                lines.insert(first, f"{pad}-")
            else:
                lines[first] = f"{pad}- {lines[first][len(inner) :]}"
        else:
            lines.append(f"{pad}- {_print_scalar(value, inner)}")


def _print_scalar(value: Any, pad: str) -> str:
    if isinstance(value, str):
        body = value.removesuffix("\n")
        return escape(print_text(value, pad) if body == body.rstrip() else print_quoted(value))
    return emit_yaml(value, dialect=Dialect.KUBERNETES).rstrip("\n")
