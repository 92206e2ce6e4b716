"""What stands in texts for expressions, while Kubernetes' writer has them: marks, each two private characters around a number.

So the values of secrets are never in what that writer gives, and what only an apply knows goes wherever a text can.
"""

import re
from collections.abc import Iterator
from unicodedata import is_normalized

from isomorph.model.application import Definition
from isomorph.syntax.hcl.emit import Expression, Heredoc, Template

Parts = tuple[str | Expression, ...]

_PRIVATE = range(0xE0F0, 0xF8FE, 2)


class Marks:
    """The expressions of one output, by their marks."""

    def __init__(self, definition: Definition) -> None:
        # A private character is escaped in what `repr` gives, so that one that a text holds itself is not taken.
        said = repr((definition.application, definition.extras))
        code = next((each for each in _PRIVATE if f"\\u{each:04x}" not in said), _PRIVATE[0])
        self._open, self._close = chr(code), chr(code + 1)
        self._found = re.compile(f"{self._open}([0-9]+){self._close}")
        self._expressions: list[str] = []
        self.changed = False  # A text is not in Unicode's form C, to which HCL normalises all that it reads.

    def mark(self, expression: str) -> str:
        """Give the text that stands for an expression."""
        self._expressions.append(expression)
        return f"{self._open}{len(self._expressions) - 1}{self._close}"

    def split(self, text: str) -> Parts:
        """Give the literals and expressions of a text, in order."""
        return tuple(self._split(text)) if self._open in text else (text,)

    def _split(self, text: str) -> Iterator[str | Expression]:
        for number, piece in enumerate(self._found.split(text)):
            if number % 2:
                yield Expression(self._expressions[int(piece)])
            elif piece:
                yield piece

    def to_value(self, text: str, *, lines: bool = True) -> str | Expression | Template | Heredoc:
        """Give a text as HCL writes it: line by line where it has lines, an expression by itself where it is just that.

        Without `lines` it stays in one, as in a list, where nothing may follow a text that has several.
        """
        self.changed = self.changed or not is_normalized("NFC", text)
        parts = self.split(text)
        if lines and text.endswith("\n"):
            return Heredoc(parts)
        if len(parts) == 1:
            return parts[0]
        return Template(parts)


def is_open(parts: Parts) -> bool:
    """Tell whether a text has expressions in it."""
    return any(isinstance(part, Expression) for part in parts)
