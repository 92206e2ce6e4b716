"""Names that are each given once: one that is taken gets a number."""

from collections.abc import Iterable


class Names:
    """The names given so far. Ten thousand wishes for one name are no slower than for ten thousand names."""

    __slots__ = ("_numbers", "taken")

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken: set[str] = set(taken)
        self._numbers: dict[str, int] = {}

    def give(self, wish: str, joint: str = "-") -> str:
        """Give a name as it is wished for, or with the first number from 2 that nothing has yet."""
        name = wish
        if name in self.taken:
            number = self._numbers.get(wish, 2)
            while (name := f"{wish}{joint}{number}") in self.taken:
                number += 1
            self._numbers[wish] = number + 1
        self.taken.add(name)
        return name
