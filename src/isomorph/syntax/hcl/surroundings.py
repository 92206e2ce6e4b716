"""What is around an expression while it is evaluated: names that are looked up, names of loops, the text, the limit."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.expressions import Expression
from isomorph.syntax.tree import Node

if TYPE_CHECKING:
    from isomorph.syntax.hcl.evaluate import Evaluator

MOST_STEPS = 200_000
"""Turns of all the loops of one text."""


class Lookup(ABC):
    """A root whose parts are looked up by name (`var`, `local`), since using them leaves a trace."""

    @abstractmethod
    def find(self, key: Any, evaluator: "Evaluator", expression: Expression) -> Any:
        """Give the part of that name."""

    @abstractmethod
    def find_node(self, key: Any, evaluator: "Evaluator", expression: Expression) -> Node | None:
        """Give the part of that name as it is written, where it has a value."""

    @abstractmethod
    def whole(self) -> Any:
        """Give all parts."""


class Account:
    """How many turns loops took, and may take."""

    __slots__ = ("limit", "turns")

    def __init__(self, limit: int = MOST_STEPS) -> None:
        self.turns = 0
        self.limit = limit


class Inside:
    """Another text, as long as an expression of it is evaluated."""

    def __init__(self, evaluator: "Evaluator", cursor: Cursor) -> None:
        self.evaluator = evaluator
        self.cursor = cursor

    def __enter__(self) -> None:
        self.evaluator.cursor, self.cursor = self.cursor, self.evaluator.cursor

    def __exit__(self, *error: object) -> None:
        self.evaluator.cursor, self.cursor = self.cursor, self.evaluator.cursor


class Declared:
    """The names of a loop, in place of others of the same name until it is over."""

    def __init__(self, evaluator: "Evaluator", key: str, value: str) -> None:
        self.evaluator = evaluator
        self.key = key
        self.value = value
        self.outer = evaluator.names

    def __enter__(self) -> "Declared":
        self.evaluator.names = dict(self.outer)
        return self

    def __exit__(self, *error: object) -> None:
        self.evaluator.names = self.outer

    def declare(self, key: Any, value: Any) -> None:
        if self.key:
            self.evaluator.names[self.key] = key
        self.evaluator.names[self.value] = value
